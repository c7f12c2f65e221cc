using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>Tells what a store may throw on a disk that fails or loses power from what it must never throw.</summary>
internal static class StoreTrouble
{
    /// <summary>
    /// Whether such a disk explains a failure. It does not explain that the store takes its files for damaged: what was confirmed stays as it was
    /// written, and reads do not fail.
    /// </summary>
    public static bool Explains(Exception e) => e switch
    {
        DamagedFileException or StoreOpenException { InnerException: null } => false,
        StoreOpenException => Explains(e.InnerException!),
        // A read may fail in any way when the writer drops what it reads from.
        StoreUnavailableException => e.InnerException is not (DamagedFileException or StoreOpenException) || Explains(e.InnerException),
        _ => LiteFaults.AsUnavailable(e) is not null,
    };
}
