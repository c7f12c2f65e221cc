namespace ServersGrpc.Engine.Storage.Watch;

/// <summary>What one transaction wrote.</summary>
/// <param name="Servers">The servers, in order.</param>
/// <param name="Changes">What watches hear of.</param>
/// <param name="Settings">The settings as they now are.</param>
internal sealed record CommittedWrites(IReadOnlyList<WrittenServer> Servers, IReadOnlyList<ServerChange> Changes, StoreSettings Settings)
{
    /// <summary>
    /// Whether a server may now be due that nobody works on. While new instances are not started, those that wait for one are not: a
    /// claim that looks at all of them would cost more than the write itself.
    /// </summary>
    public bool MayBeDue => Servers.Any(w =>
        w is { Removed: false, Server: { LeaseOwner: null, WakeAt: not null } } && !(Settings.Paused && w.Server.StartsNew));
}
