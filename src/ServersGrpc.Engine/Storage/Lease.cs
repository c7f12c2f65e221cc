namespace ServersGrpc.Engine.Storage;

/// <summary>The exclusive right to work on servers: who, from when, until when.</summary>
public sealed record Lease(string Owner, DateTimeOffset From, DateTimeOffset Until);
