namespace ServersGrpc.Engine.Servers;

/// <summary>Terms that a server's labels must all fit: a=b, a!=b, a, !a, joined by commas.</summary>
public sealed class LabelSelector
{
    private readonly IReadOnlyList<Term> _terms;

    private LabelSelector(IReadOnlyList<Term> terms) => _terms = terms;

    public static LabelSelector Everything { get; } = new([]);

    /// <summary>Reads a selector; "" selects everything.</summary>
    /// <exception cref="FormatException">A term is not one of the four forms. The message names it.</exception>
    public static LabelSelector Parse(string text)
    {
        if (text.Length == 0)
            return Everything;
        return new([.. text.Split(',').Select(ParseTerm)]);
    }

    /// <summary>Whether the labels fit every term. A label that is missing differs from every value.</summary>
    public bool Fits(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var term in _terms)
        {
            var fits = labels.TryGetValue(term.Key, out var value) && (term.Value is null || term.Value == value);
            if (fits == term.Negated)
                return false;
        }
        return true;
    }

    private static Term ParseTerm(string text)
    {
        var term = text.Trim();
        var equals = term.IndexOf('=');
        var (key, value, negated) = equals switch
        {
            < 0 when term.StartsWith('!') => (term[1..], null, true),
            < 0 => (term, null, false),
            > 0 when term[equals - 1] == '!' => (term[..(equals - 1)], term[(equals + 1)..], true),
            _ => (term[..equals], term[(equals + 1)..], false),
        };
        key = key.Trim();
        if (!LabelRules.IsKey(key) || (value is not null && !LabelRules.IsValue(value.Trim())))
            throw new FormatException($"\"{Shown.Of(term)}\" is not a=b, a!=b, a or !a with a label's key and value");
        return new(key, value?.Trim(), negated);
    }

    private sealed record Term(string Key, string? Value, bool Negated);
}
