using System.Text.Json;

namespace ServersGrpc.FakeCloud.Calls;

/// <summary>Reads an object of a body strictly: of the right types, with all that is needed, and with nothing that nobody asked for.</summary>
internal sealed class Fields
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly JsonElement _object;
    private readonly string _path;
    private readonly List<FieldProblem> _problems;

    public Fields(JsonElement element, string path)
        : this(element, path, [])
    {
    }

    private Fields(JsonElement element, string path, List<FieldProblem> problems)
    {
        (_object, _path, _problems) = (element, path, problems);
    }

    /// <summary>A field's value; null is as good as none.</summary>
    public JsonElement? Value(string name)
    {
        _known.Add(name);
        return _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public string? Text(string name) => Of(name, JsonValueKind.String, "a string")?.GetString();

    public string RequiredText(string name)
    {
        var text = Text(name);
        if (string.IsNullOrEmpty(text) && !_problems.Exists(problem => problem.Name == Path(name))) Refuse(name, "is required");
        return text ?? "";
    }

    public bool? Flag(string name) => Value(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => Wrong<bool>(name, "a boolean"),
    };

    public long? Number(string name) =>
        Value(name) is not { } value ? null : AsNumber(value) is { } number ? number : Wrong<long>(name, "an integer");

    /// <summary>A name, or a number as text.</summary>
    public string? IdOrName(string name) => Value(name) is not { } value ? null : AsIdOrName(value) ?? WrongText(name);

    public List<long> Numbers(string name) => [.. Items(name, "integers", AsNumber)];

    public List<string> IdsOrNames(string name) => [.. ItemTexts(name, AsIdOrName)];

    public List<string> Texts(string name) =>
        [.. ItemTexts(name, item => item.ValueKind == JsonValueKind.String ? item.GetString() : null)];

    /// <summary>A map of strings; null: it is not there.</summary>
    public Dictionary<string, string>? Map(string name)
    {
        if (Of(name, JsonValueKind.Object, "an object") is not { } map) return null;
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind == JsonValueKind.String)
                entries[entry.Name] = entry.Value.GetString()!;
            else
                Refuse($"{name}.{entry.Name}", "must be a string");
        }

        return entries;
    }

    /// <summary>An object within; its problems are this one's too.</summary>
    public Fields? Object(string name) =>
        Of(name, JsonValueKind.Object, "an object") is { } value ? new Fields(value, Path(name), _problems) : null;

    public List<Fields> Objects(string name)
    {
        if (Of(name, JsonValueKind.Array, "an array") is not { } array) return [];
        var objects = new List<Fields>();
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object)
                objects.Add(new Fields(item, $"{Path(name)}[{objects.Count}]", _problems));
            else
                Refuse(name, "must be an array of objects");
        }

        return objects;
    }

    public void Refuse(string name, string message) => _problems.Add(new FieldProblem(Path(name), message));

    /// <summary>Says that all fields of this object were asked for.</summary>
    public void EndObject() => _problems.AddRange(
        _object.EnumerateObject().Where(field => !_known.Contains(field.Name)).Select(field => new FieldProblem(Path(field.Name), "unknown field")));

    /// <exception cref="InvalidFieldsException">Something is wrong, or unknown.</exception>
    public void End()
    {
        EndObject();
        if (_problems.Count > 0) throw new InvalidFieldsException(_problems);
    }

    private static long? AsNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static string? AsIdOrName(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() : AsNumber(value) is { } ? value.GetRawText() : null;

    private string Path(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private JsonElement? Of(string name, JsonValueKind kind, string what)
    {
        if (Value(name) is not { } value || value.ValueKind == kind) return Value(name);
        Refuse(name, $"must be {what}");
        return null;
    }

    private T? Wrong<T>(string name, string what)
        where T : struct
    {
        Refuse(name, $"must be {what}");
        return null;
    }

    private string? WrongText(string name)
    {
        Refuse(name, "must be a string or an integer");
        return null;
    }

    private IEnumerable<long> Items(string name, string what, Func<JsonElement, long?> read)
    {
        if (Of(name, JsonValueKind.Array, "an array") is not { } array) yield break;
        foreach (var item in array.EnumerateArray())
        {
            if (read(item) is { } value)
                yield return value;
            else
                Refuse(name, $"must be an array of {what}");
        }
    }

    private IEnumerable<string> ItemTexts(string name, Func<JsonElement, string?> read)
    {
        if (Of(name, JsonValueKind.Array, "an array") is not { } array) yield break;
        foreach (var item in array.EnumerateArray())
        {
            if (read(item) is { } value)
                yield return value;
            else
                Refuse(name, "has an item of a wrong type");
        }
    }
}
