namespace ServersGrpc.Engine.Servers;

public sealed class NameTakenException : ServerException
{
    public NameTakenException(string name, ServerState state)
        : base($"The name \"{name}\" is taken by a server in state {ServerStates.Name(state)}; a name is free again when its server is purged.") =>
        Name = name;

    /// <summary>For a caller who may not know more.</summary>
    public NameTakenException(string name)
        : base($"The name \"{name}\" is taken; a name is free again when its server is purged.") =>
        Name = name;

    public string Name { get; }
}
