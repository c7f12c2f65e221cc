namespace ServersGrpc.Engine.Providers;

/// <summary>A machine as its provider knows it.</summary>
/// <param name="Id">The provider's id.</param>
/// <param name="Uid">The server's uid, read from the machine's tags.</param>
/// <param name="Name">The server's name, read from the machine's tags.</param>
/// <param name="Address">Host, or host:port where the port is not 2376; "" until known.</param>
/// <param name="Created">When the provider made it.</param>
/// <param name="IsLeaving">Whether its removal is under way.</param>
public sealed record Instance(string Id, string Uid, string Name, string Address, DateTimeOffset Created, bool IsLeaving = false);
