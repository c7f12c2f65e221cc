using System.Globalization;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>A response as it came over the socket.</summary>
internal sealed record RawResponse(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public static RawResponse Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = text[..end].Split("\r\n");
        var headers = lines.Skip(1)
            .Select(line => line.Split(": ", 2))
            .GroupBy(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => string.Join(", ", group), StringComparer.OrdinalIgnoreCase);
        var body = text[(end + 4)..];
        return new RawResponse(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture),
            headers,
            headers.ContainsKey("Transfer-Encoding") ? Dechunk(body) : body);
    }

    /// <summary>The headers but for the date, for comparing two responses.</summary>
    public IEnumerable<string> ComparableHeaders() =>
        Headers.Where(header => header.Key != "Date").Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal);

    // All test bodies that are sent in chunks are ASCII, so that characters are bytes.
    private static string Dechunk(string body)
    {
        var text = "";
        while (body.Length > 0)
        {
            var lineEnd = body.IndexOf("\r\n", StringComparison.Ordinal);
            var length = int.Parse(body[..lineEnd], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            text += body.Substring(lineEnd + 2, length);
            body = body[(lineEnd + 2 + length + 2)..];
        }
        return text;
    }
}
