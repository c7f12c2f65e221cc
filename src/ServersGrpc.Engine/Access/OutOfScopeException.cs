using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Access;

/// <summary>The server exists, but not for this caller, who is told what callers are told of a name that nobody has.</summary>
public sealed class OutOfScopeException(ServerRecord server) : ServerNotFoundException(server.Name)
{
    /// <summary>Not for the caller.</summary>
    public ServerRecord Server => server;
}
