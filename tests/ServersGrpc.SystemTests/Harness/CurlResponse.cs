using System.Globalization;
using System.Text.Json.Nodes;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>What curl got. Status is 0 where there was no answer; Error is then curl's own word.</summary>
internal sealed record CurlResponse(
    int ExitCode, string Error, string Protocol, int Status, ILookup<string, string> Headers, string Body)
{
    public JsonNode? Json => JsonNode.Parse(Body);

    public string? Header(string name) => Headers[name].SingleOrDefault();

    internal static CurlResponse Parse(CommandResult result)
    {
        var rest = result.Output;
        string[] head = [];
        // "100 Continue" comes as a head of its own before the real one.
        while (rest.StartsWith("HTTP/", StringComparison.Ordinal))
        {
            var end = rest.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            head = rest[..end].Split("\r\n");
            rest = rest[(end + 4)..];
        }

        var status = head.FirstOrDefault()?.Split(' ') ?? ["", "0"];
        return new CurlResponse(
            result.ExitCode,
            result.Error.Trim(),
            status[0],
            int.Parse(status[1], CultureInfo.InvariantCulture),
            head.Skip(1).Select(line => line.Split(':', 2)).ToLookup(
                pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase),
            rest);
    }
}
