using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>The servers as the lifecycle's workers see them: each is worked on by one worker at a time, under a lease.</summary>
public interface ILeaseStore
{
    /// <summary>Raised after servers may have become due, on a thread that must not be held up. One that is missed only costs time.</summary>
    event Action? Woken;

    /// <summary>
    /// Leases due servers to a worker, and says when the next one is due. While the starting of new instances is paused, servers whose step
    /// would start one are left out. A leased server is due again when its lease ends. Where the clock was set back since servers were told
    /// when to wake, all of them are due at once.
    /// </summary>
    /// <param name="lease">Who works on them, until when.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="share">How many of one provider at most; those of providers that have none are left out, of when the next is due too.</param>
    /// <param name="cancellationToken">Takes the claim back, if it is not being written yet.</param>
    Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken);

    /// <summary>
    /// Saves what a worker did. Returns the saved server, or null when it lost: the server has another version, or the lease another owner.
    /// </summary>
    Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken);

    /// <summary>Gives leases back at once; the servers are due again.</summary>
    Task ReleaseAsync(IReadOnlyCollection<string> uids, string leaseOwner, CancellationToken cancellationToken);

    /// <summary>Removes a server that a worker holds; its events stay. False when the worker lost it.</summary>
    Task<bool> PurgeAsync(ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken);
}
