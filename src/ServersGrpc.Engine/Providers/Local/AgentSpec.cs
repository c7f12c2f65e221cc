namespace ServersGrpc.Engine.Providers.Local;

/// <summary>
/// Which server an agent is: <c>spec.json</c>, written once with the directory, before any agent starts in it. Nothing in it is secret.
/// </summary>
/// <param name="Uid">The server's uid.</param>
/// <param name="Name">The server's name.</param>
/// <param name="InstallationId">Whose it is.</param>
/// <param name="Generation">The content of the directory's lock file: tells this directory from an earlier one of the same path.</param>
/// <param name="Address">Where it listens; "" where no address was planned, as by earlier versions: it takes a free one.</param>
public sealed record AgentSpec(string Uid, string Name, string InstallationId, string Generation, string Address = "")
{
    internal static AgentSpec For(InstanceSpec spec, string installationId) =>
        new(spec.Uid, spec.Name, installationId, Generation: Guid.NewGuid().ToString("N"), spec.Address);
}
