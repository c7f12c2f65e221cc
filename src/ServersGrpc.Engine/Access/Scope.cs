using System.Text.RegularExpressions;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Access;

/// <summary>
/// Which servers a caller sees and touches: those whose names begin so and whose labels are these. For the caller, others do not exist.
/// </summary>
public sealed partial class Scope
{
    private readonly string _namePrefix;
    private readonly SortedDictionary<string, string> _labels;

    private Scope(string namePrefix, SortedDictionary<string, string> labels) => (_namePrefix, _labels) = (namePrefix, labels);

    /// <summary>All servers.</summary>
    public static Scope Everything { get; } = new("", []);

    public bool IsEverything => _namePrefix.Length == 0 && _labels.Count == 0;

    /// <summary>What names begin with; "" for any.</summary>
    public string NamePrefix => _namePrefix;

    /// <summary>The labels that a server must have.</summary>
    public IReadOnlyDictionary<string, string> Labels => _labels;

    /// <summary>
    /// Reads a scope: terms joined by commas, "key=value" for a label, "prefix*" for the beginning of names, at most one of these; "" is
    /// everything.
    /// </summary>
    /// <exception cref="FormatException">A term is neither. The message names it.</exception>
    public static Scope Parse(string text)
    {
        if (text.Length == 0)
            return Everything;
        var prefix = "";
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var term in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = term.IndexOf('=');
            if (equals < 0 && prefix.Length == 0 && Prefix().IsMatch(term))
                prefix = term[..^1];
            else if (equals < 0 || !LabelRules.IsKey(term[..equals]) || !LabelRules.IsValue(term[(equals + 1)..]) || !labels.TryAdd(term[..equals], term[(equals + 1)..]))
                throw new FormatException($"\"{Shown.Of(term)}\" is neither a label, as team=a, nor, once, the beginning of names, as ci-*");
        }
        return new(prefix, labels);
    }

    /// <summary>Whether the server is one of them. Neither a name nor a label ever changes, so the answer doesn't either.</summary>
    public bool Covers(ServerRecord server)
    {
        if (!server.Name.StartsWith(_namePrefix, StringComparison.Ordinal))
            return false;
        // The field itself, which is enumerated without an object for it: this is asked for every server of a list.
        foreach (var (key, value) in _labels)
        {
            if (!server.Labels.TryGetValue(key, out var has) || has != value)
                return false;
        }
        return true;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() =>
        string.Join(',', _labels.Select(label => $"{label.Key}={label.Value}").Prepend(_namePrefix.Length > 0 ? $"{_namePrefix}*" : "").Where(term => term.Length > 0));

    // No longer than what leaves room for a generated name.
    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,54}\*\z")]
    private static partial Regex Prefix();
}
