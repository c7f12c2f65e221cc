using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Rules;

/// <summary>Which servers may be added.</summary>
public static class AddRules
{
    /// <summary>The server that the same request made before; null where this one may be added.</summary>
    /// <exception cref="ServerException">See <see cref="IServerStore.AddAsync"/>.</exception>
    /// <exception cref="AddressTakenException">Likewise.</exception>
    public static ServerRecord? FindEarlier(ServerBook book, ServerRecord server, ServerLimits limits)
    {
        if (book.FindByRequest(server.RequestId, server.Owner) is { } earlier)
            return earlier.RequestDigest == server.RequestDigest ? earlier : throw new RequestIdReusedException(server.RequestId, earlier.Name);
        if (book.Find(server.Name) is { } other)
            throw new NameTakenException(server.Name, other.State);
        if (book.Live >= limits.All)
            throw new ServerLimitException(limits.All);
        if (limits.OfOwner > 0 && book.LiveOf(server.Owner) >= limits.OfOwner)
            throw new ServerLimitException(limits.OfOwner, server.Owner);
        return server.Address.Length > 0 && book.IsAddressTaken(server.Address) ? throw new AddressTakenException(server.Address) : null;
    }
}
