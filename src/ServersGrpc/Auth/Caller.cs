namespace ServersGrpc.Auth;

/// <summary>Who a request comes from: the name of a token. A feature of every request that was let in.</summary>
internal sealed record Caller(string Name);
