namespace ServersGrpc.Engine.Storage;

/// <summary>The few facts that are no server's.</summary>
/// <param name="Revision">The last revision given out.</param>
/// <param name="Forgotten">The newest event that is no longer remembered: a watch can't go on from before it.</param>
/// <param name="Paused">Whether the starting of new instances is paused.</param>
internal sealed record StoreSettings(long Revision, long Forgotten, bool Paused);
