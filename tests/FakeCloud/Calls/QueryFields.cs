using System.Globalization;

namespace ServersGrpc.FakeCloud.Calls;

/// <summary>Reads a query strictly: what nobody asked for is refused.</summary>
internal sealed class QueryFields(IQueryCollection query)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<FieldProblem> _problems = [];

    public string? Text(string name) => All(name) is [var value, ..] ? value : null;

    public IReadOnlyList<string> All(string name)
    {
        _known.Add(name);
        return [.. query[name].Select(value => value ?? "")];
    }

    public int Integer(string name, int otherwise, int from, int to)
    {
        if (Text(name) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= from && value <= to) return value;
        _problems.Add(new FieldProblem(name, $"must be a number from {from} to {to}"));
        return otherwise;
    }

    public void Refuse(string name, string message) => _problems.Add(new FieldProblem(name, message));

    /// <exception cref="InvalidFieldsException">Something is wrong, or unknown.</exception>
    public void End()
    {
        _problems.AddRange(query.Keys.Where(key => !_known.Contains(key)).Select(key => new FieldProblem(key, "unknown parameter")));
        if (_problems.Count > 0) throw new InvalidFieldsException(_problems);
    }
}
