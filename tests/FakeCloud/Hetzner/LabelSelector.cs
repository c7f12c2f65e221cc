using System.Text.RegularExpressions;
using ServersGrpc.FakeCloud.Calls;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>The documented label selector: terms with commas between them, all of which must hold.</summary>
internal static partial class LabelSelector
{
    /// <exception cref="InvalidFieldsException">It is none.</exception>
    public static Func<IReadOnlyDictionary<string, string>, bool> Parse(string? selector)
    {
        if (string.IsNullOrWhiteSpace(selector)) return _ => true;
        var terms = SplitTerms(selector).Select(ParseTerm).ToList();
        return labels => terms.TrueForAll(term => term(labels));
    }

    private static Func<IReadOnlyDictionary<string, string>, bool> ParseTerm(string term)
    {
        var match = Term().Match(term);
        if (!match.Success) throw new InvalidFieldsException("label_selector", "invalid label selector");
        var key = match.Groups["key"].Value;
        var values = match.Groups["value"].Value.Split(',', StringSplitOptions.TrimEntries);
        return match.Groups["not"].Success ? labels => !labels.ContainsKey(key)
            : match.Groups["operator"].Value switch
            {
                "=" or "==" or "in" => labels => labels.TryGetValue(key, out var value) && values.Contains(value),
                "!=" or "notin" => labels => !labels.TryGetValue(key, out var value) || !values.Contains(value),
                _ => labels => labels.ContainsKey(key),
            };
    }

    // Commas within parentheses are a set's.
    private static IEnumerable<string> SplitTerms(string selector) => Comma().Split(selector).Select(term => term.Trim());

    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Comma();

    [GeneratedRegex(
        """
        \A(?:(?<not>!)\s*(?<key>[-_./a-zA-Z0-9]+)
        |(?<key>[-_./a-zA-Z0-9]+)(?:\s*(?<operator>==?|!=)\s*(?<value>[-_.a-zA-Z0-9]*)|\s+(?<operator>in|notin)\s*\((?<value>[-_.a-zA-Z0-9,\s]*)\))?)\z
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Term();
}
