namespace ServersGrpc.Engine.Servers;

public sealed class NameTakenException(string name, ServerState state) : ServerException(
    $"The name \"{name}\" is taken by a server in state {ServerStates.Name(state)}; a name is free again when its server is purged.")
{
    public string Name => name;
}
