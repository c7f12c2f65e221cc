using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.LiteDb;

/// <summary>Tells whether the disk takes a server's worth of writing, without touching the database.</summary>
internal sealed class Room(IStoreDirectory directory, string name)
{
    private const string Suffix = "-room";

    // User data, labels, keys and certificates, with what LiteDB adds.
    private static readonly byte[] LargestServer = new byte[256 * 1024];

    /// <summary>Writes that much, and takes it back. Returns what stood against it; null when nothing did.</summary>
    public StoreUnavailableException? Try()
    {
        try
        {
            using (var file = directory.Open(name + Suffix))
            {
                file.Write(0, LargestServer);
                file.Sync();
            }
            directory.Delete(name + Suffix);
            return null;
        }
        catch (Exception e)
        {
            TryDelete();
            return LiteFaults.AsUnavailable(e) ?? new("The database can't be written.", e);
        }
    }

    private void TryDelete()
    {
        try
        {
            directory.Delete(name + Suffix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next try writes over it.
        }
    }
}
