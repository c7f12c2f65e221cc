using System.Globalization;

namespace ServersGrpc.Engine.Servers;

/// <summary>What a caller sent, as a message may repeat it: short, and without characters that would mangle a line or a header.</summary>
public static class Shown
{
    private const int MaxLength = 80;

    public static string Of(string value, int maxLength = MaxLength)
    {
        var cut = value.Length <= maxLength ? value : value[..maxLength] + "…";
        return string.Concat(cut.Select(c => Mangles(c) ? '\uFFFD' : c == '"' ? '\'' : c));
    }

    // Lines and paragraphs of their own, and what turns the direction of those that are there. A quotation mark would end what it stands in.
    private static bool Mangles(char c) => char.IsControl(c) || char.IsSurrogate(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
