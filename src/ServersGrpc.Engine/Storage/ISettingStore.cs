namespace ServersGrpc.Engine.Storage;

/// <summary>The few facts that are no server's.</summary>
public interface ISettingStore
{
    /// <summary>Identifies this installation to providers. Made at first start; it never changes.</summary>
    string InstallationId { get; }

    /// <summary>Whether the starting of new instances is paused. Survives a restart.</summary>
    ValueTask<bool> IsPausedAsync(CancellationToken cancellationToken);

    /// <summary>Pauses or resumes. What waited for it has all its time for a create again.</summary>
    Task SetPausedAsync(bool paused, CancellationToken cancellationToken);
}
