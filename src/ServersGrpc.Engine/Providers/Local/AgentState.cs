namespace ServersGrpc.Engine.Providers.Local;

/// <summary>What an agent is: <c>instance.json</c>, written by the agent that holds the lock when it listens.</summary>
public sealed record AgentState(
    string Uid, string Name, string InstallationId, ProcessIdentity Process, string Address, DateTimeOffset Created)
{
    internal Instance ToInstance() => new(Process.InstanceId, Uid, Name, Address, Created);
}
