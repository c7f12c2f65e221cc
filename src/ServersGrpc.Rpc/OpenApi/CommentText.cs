using System.Text.RegularExpressions;

namespace ServersGrpc.Rpc.OpenApi;

/// <summary>Turns the comments of a contract into the Markdown of a document.</summary>
internal static partial class CommentText
{
    private const string ErrorsMark = "Errors:";
    private const int LongestSummary = 100;

    /// <summary>The paragraphs, each on one line: viewers would break lines where the comment did. Lists keep their lines.</summary>
    public static string Join(string comment)
    {
        var lines = comment.Split('\n').Select(line => line.Trim());
        return LineEnd().Replace(BlankLines().Replace(string.Join('\n', lines).Trim('\n'), "\n\n"), " ");
    }

    /// <summary>The first sentence, without its period; of a long one what stands before the first comma or parenthesis.</summary>
    public static string Summary(string text)
    {
        var sentence = SentenceEnd().Split(text, 2)[0].TrimEnd('.');
        return sentence.Length <= LongestSummary ? sentence : ClauseEnd().Split(sentence, 2)[0];
    }

    /// <summary>The text but for the paragraph that lists the errors.</summary>
    public static string WithoutErrors(string text) => string.Join("\n\n", Paragraphs(text).Where(paragraph => !IsErrors(paragraph)));

    /// <summary>What the paragraph "Errors: CODE when …; CODE …." says, a code at a time.</summary>
    public static IEnumerable<string> Errors(string text) =>
        from paragraph in Paragraphs(text)
        where IsErrors(paragraph)
        from clause in paragraph[ErrorsMark.Length..].TrimEnd('.').Split(';', StringSplitOptions.TrimEntries)
        select clause;

    private static bool IsErrors(string paragraph) => paragraph.StartsWith(ErrorsMark, StringComparison.Ordinal);

    private static string[] Paragraphs(string text) => text.Split("\n\n");

    [GeneratedRegex(@"\n{2,}")]
    private static partial Regex BlankLines();

    // One that neither stands beside another nor begins an item of a list.
    [GeneratedRegex(@"(?<!\n)\n(?!\n|[-*] )")]
    private static partial Regex LineEnd();

    [GeneratedRegex(@"(?<=\.)\s+(?=\p{Lu})|\n")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@", | \(")]
    private static partial Regex ClauseEnd();
}
