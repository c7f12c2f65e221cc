using System.Text;
using System.Text.Json;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>
/// What an agent serves with. It is told them on its standard input, as JSON to the end of it, and keeps them in memory: no key of a server
/// is on disk but in the service's own database.
/// </summary>
/// <param name="CaCertificate">PEM. The authority's key stays with the service: an agent has nothing to sign.</param>
/// <param name="TlsCertificate">PEM.</param>
/// <param name="TlsKey">PEM.</param>
public sealed record AgentCredentials(string CaCertificate, string TlsCertificate, string TlsKey)
{
    internal static AgentCredentials For(ServerCredentials credentials) =>
        new(Text(credentials.CaCertificate), Text(credentials.TlsCertificate), Text(credentials.TlsKey));

    /// <summary>Reads what <see cref="Write"/> wrote; null where it was cut short, as by the death of its writer.</summary>
    public static AgentCredentials? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, AgentJson.Default.AgentCredentials);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, AgentJson.Default.AgentCredentials);

    // A record prints its members; the key must never reach a log.
    public override string ToString() => "AgentCredentials(withheld)";

    private static string Text(ReadOnlyMemory<byte> pem) => Encoding.ASCII.GetString(pem.Span);
}
