using System.Text;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>A request in HTTP/1.1. All its characters are bytes.</summary>
internal sealed record Http1Request(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>Framed as HTTP says, whatever is in it.</summary>
    public byte[] ToBytes()
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (Body.Length > 0 || Method is "POST" or "PUT" or "PATCH")
            head.Append("Content-Length: ").Append(Body.Length).Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. Body];
    }

    public override string ToString() => Encoding.Latin1.GetString(ToBytes());
}
