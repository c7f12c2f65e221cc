namespace ServersGrpc.Engine.Servers;

/// <summary>What was asked for needs a running server.</summary>
public sealed class ServerNotRunningException(string name, ServerState state) : ServerException(
    $"Server \"{name}\" is in state {ServerStates.Name(state)}; only a running server can be given new credentials.")
{
    public string Name => name;

    public ServerState State => state;
}
