using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>The last server of the page before: a list goes on after it.</summary>
public sealed record PageStart(DateTimeOffset Created, string Name)
{
    /// <summary>Whether a server comes after it.</summary>
    public bool IsBefore(ServerRecord server) => server.Created.CompareTo(Created) is not 0 and var byTime ? byTime > 0 : string.CompareOrdinal(server.Name, Name) > 0;
}
