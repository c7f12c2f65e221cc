namespace ServersGrpc.Tests.LiteDb;

/// <summary>What goes wrong on a disk while it does.</summary>
internal sealed class DiskTrouble
{
    /// <summary>What a write ends with before anything is written; null: it succeeds.</summary>
    public Exception? Write { get; set; }

    /// <summary>What waiting for the disk ends with, though all that was written is there; null: it succeeds.</summary>
    public Exception? Sync { get; set; }

    /// <summary>What reading ends with; null: it succeeds.</summary>
    public Exception? Read { get; set; }

    /// <summary>How long a write may be where there is little room; null: as long as it likes.</summary>
    public int? Room { get; set; }

    public static IOException Broken => new("Input/output error");

    /// <summary>As Linux tells it.</summary>
    public static IOException Full => new("No space left on device", 28);

    public void End() => (Write, Sync, Read, Room) = (null, null, null, null);
}
