using System.Text;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>An answer in HTTP/1.1, whole.</summary>
internal sealed record Http1Answer(int Status, ILookup<string, string> Headers, byte[] Body)
{
    public bool ClosesConnection => Headers["connection"].Contains("close", StringComparer.OrdinalIgnoreCase);

    public string ContentType => Headers["content-type"].SingleOrDefault() ?? "";

    public override string ToString() =>
        $"{Status} {string.Join(", ", Headers.Select(header => $"{header.Key}: {string.Join('|', header)}"))} {Encoding.Latin1.GetString(Body)}";
}
