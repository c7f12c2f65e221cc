namespace ServersGrpc.Engine.Storage;

/// <summary>The last server of the page before: a list goes on after it.</summary>
public sealed record PageStart(DateTimeOffset Created, string Name);
