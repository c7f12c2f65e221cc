using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Access;

/// <summary>The caller may not do what it asks for.</summary>
public sealed class AccessDeniedException(string message) : ServerException(message);
