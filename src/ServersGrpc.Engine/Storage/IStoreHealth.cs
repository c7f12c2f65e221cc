namespace ServersGrpc.Engine.Storage;

/// <summary>Whether the database works.</summary>
public interface IStoreHealth
{
    /// <summary>Returns when the database answers a read and is not failing writes.</summary>
    /// <exception cref="StoreUnavailableException">It does not answer, or fails writes; the message says why.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
