namespace ServersGrpc.Engine.Providers.Local;

/// <summary>What an agent is to be: <c>spec.json</c>, written once with the directory, before any agent starts in it.</summary>
/// <param name="Uid">The server's uid.</param>
/// <param name="Name">The server's name.</param>
/// <param name="InstallationId">Whose it is.</param>
/// <param name="Generation">The content of the directory's lock file: tells this directory from an earlier one of the same path.</param>
/// <param name="CaCertificate">PEM. The authority's key stays with the service: an agent has nothing to sign.</param>
/// <param name="TlsCertificate">PEM.</param>
/// <param name="TlsKey">PEM.</param>
public sealed record AgentSpec(
    string Uid,
    string Name,
    string InstallationId,
    string Generation,
    string CaCertificate,
    string TlsCertificate,
    string TlsKey)
{
    internal static AgentSpec For(InstanceSpec spec, string installationId) => new(
        spec.Uid,
        spec.Name,
        installationId,
        Generation: Guid.NewGuid().ToString("N"),
        Text(spec.Credentials.CaCertificate),
        Text(spec.Credentials.TlsCertificate),
        Text(spec.Credentials.TlsKey));

    // A record prints its members; the key must never reach a log.
    public override string ToString() => $"AgentSpec({Uid}, {Name})";

    private static string Text(ReadOnlyMemory<byte> pem) => System.Text.Encoding.ASCII.GetString(pem.Span);
}
