namespace ServersGrpc.Engine.Servers;

/// <summary>A request that can't be met, for a reason that its caller can act on. The message is for that caller.</summary>
public abstract class ServerException(string message) : Exception(message);
