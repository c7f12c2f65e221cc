using System.ComponentModel.DataAnnotations;
using ServersGrpc.Engine.Storage.Encryption;

namespace ServersGrpc.Engine.Storage;

/// <summary>Where servers are remembered: section Servers:Storage.</summary>
public sealed class StorageOptions
{
    /// <summary>The name of the database's file.</summary>
    public const string FileName = "servers.litedb";

    /// <summary>The database: litedb, a file in the data directory, is the only one today. Default: litedb.</summary>
    [AllowedValues("litedb", ErrorMessage = "Kind must be litedb.")]
    public string Kind { get; set; } = "litedb";

    /// <summary>How many writes that wait together may share one transaction, 1 to 10,000. Default: 256.</summary>
    [Range(1, 10_000)]
    public int MaxBatch { get; set; } = 256;

    /// <summary>From how many bytes on the log is moved to the data file. Little at once: writes wait meanwhile.</summary>
    internal int CheckpointSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// How many bytes the log may have while the data file is copied. Then the copy is given up: the log takes room on the disk, and in memory when
    /// it is moved.
    /// </summary>
    internal int HeldLogSize { get; set; } = 256 * 1024 * 1024;

    /// <summary>How many bytes a data file has at least when it is compacted, once more than half of it is free.</summary>
    internal long SparseSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How many bytes it may have in use to be compacted while the service runs: all calls that write wait meanwhile, a second or so for a hundred
    /// MiB. A larger one is compacted when the service starts the next time.
    /// </summary>
    internal long MovedSize { get; set; } = 256 * 1024 * 1024;

    /// <summary>How long nothing is written before the log is moved to the data file all the same.</summary>
    internal TimeSpan QuietTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the disk may take for one transaction, or to move the log, until calls that write are refused and the health check fails.</summary>
    internal TimeSpan StallTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the keys are; a section of its own.</summary>
    public EncryptionOptions Encryption { get; } = new();
}
