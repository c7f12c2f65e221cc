using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ServersGrpc.Engine.Providers.UserData;

/// <summary>
/// What a machine runs at first boot, with variables that are filled in for each server: <c>{{name}}</c>, <c>{{uid}}</c>,
/// <c>{{installation_id}}</c>, <c>{{provider}}</c>, <c>{{image}}</c>, <c>{{region}}</c>, <c>{{size}}</c>, <c>{{secret}}</c>, and, as PEM,
/// <c>{{ca_cert}}</c>, <c>{{tls_cert}}</c>, <c>{{tls_key}}</c>. Spaces inside the braces do not matter.
/// <para>
/// Filters follow a bar: <c>{{tls_key | base64}}</c> for one line of base64, <c>{{ca_cert | indent(6)}}</c> to put 0 to 64 spaces before every
/// line but the first, so that a value of several lines keeps its place in a YAML block scalar.
/// </para>
/// <para>
/// Braces that hold anything but one lower-case name are left as they are: <c>{{ .Go }}</c>, <c>{{ v1.instance_id }}</c>,
/// <c>{{ x | upper }}</c>. One name that is not a variable is an error.
/// </para>
/// </summary>
public sealed partial class UserDataTemplate
{
    private const int MaxIndent = 64;

    private readonly List<Part> _parts;

    private UserDataTemplate(List<Part> parts) => _parts = parts;

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">A variable or filter is not known, or used wrongly. The message names the line.</exception>
    public static UserDataTemplate Parse(string text)
    {
        var parts = new List<Part>();
        var end = 0;
        foreach (Match match in Expression().Matches(text))
        {
            var filters = match.Groups["filter"].Captures.Select(capture => capture.Value).ToList();
            var name = match.Groups["name"].Value;
            // With a filter that is not ours it is another template language's, unless the variable is ours.
            if (!UserDataValues.Names.Contains(name) && filters.Count > 0 && !filters.Any(IsFilter))
                continue;
            parts.Add(new(text[end..match.Index], "", []));
            parts.Add(new("", name, [.. filters.Select(filter => Filter(filter, Line))]));
            end = match.Index + match.Length;
            if (!UserDataValues.Names.Contains(name))
                throw new FormatException($"Line {Line()}: {{{{{name}}}}} is not a variable. Known are: {string.Join(", ", UserDataValues.Names)}.");

            int Line() => text.AsSpan(0, match.Index).Count('\n') + 1;
        }
        parts.Add(new(text[end..], "", []));
        return new(parts);
    }

    /// <summary>The text, with its variables filled in.</summary>
    internal string Render(UserDataValues values)
    {
        var rendered = new StringBuilder();
        foreach (var part in _parts)
        {
            rendered.Append(part.Name.Length > 0
                ? part.Filters.Aggregate(values[part.Name].TrimEnd('\n'), (value, filter) => filter(value))
                : part.Text);
        }
        return rendered.ToString();
    }

    private static bool IsFilter(string text) => text == "base64" || text.StartsWith("indent", StringComparison.Ordinal);

    private static Func<string, string> Filter(string text, Func<int> line)
    {
        if (text == "base64")
            return value => Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
        if (Indent().Match(text) is { Success: true } match
            && int.TryParse(match.Groups["width"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && width <= MaxIndent)
        {
            var margin = "\n" + new string(' ', width);
            return value => value.Replace("\n", margin, StringComparison.Ordinal);
        }
        throw new FormatException($"Line {line()}: \"{text}\" is not a filter. Known are: base64, indent(0) to indent({MaxIndent}).");
    }

    [GeneratedRegex(
        @"\{\{[ \t]*(?<name>[a-z][a-z0-9_]*)[ \t]*(?:\|[ \t]*(?<filter>[a-z][a-z0-9_]*(?:[ \t]*\([^(){}|\r\n]*\))?)[ \t]*)*\}\}",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Expression();

    [GeneratedRegex(@"\Aindent[ \t]*\([ \t]*(?<width>[0-9]{1,3})[ \t]*\)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Indent();

    /// <summary>Plain text, or a variable and what is done to its value.</summary>
    private sealed record Part(string Text, string Name, IReadOnlyList<Func<string, string>> Filters);
}
