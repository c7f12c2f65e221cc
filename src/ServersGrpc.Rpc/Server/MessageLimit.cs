namespace ServersGrpc.Rpc.Server;

/// <summary>A feature of a request whose messages may be less than those of others: of a caller that nobody knows, for one.</summary>
/// <param name="MaxReceiveMessageSize">The longest message, in bytes.</param>
public sealed record MessageLimit(int MaxReceiveMessageSize);
