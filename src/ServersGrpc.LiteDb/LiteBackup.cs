using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.LiteDb.Writing;

namespace ServersGrpc.LiteDb;

/// <summary>
/// Copies the data file while the store goes on: after a checkpoint it stays as it is until it is copied, and what is written meanwhile grows
/// the log.
/// </summary>
/// <param name="writer">The writer.</param>
/// <param name="upkeep">Held by the one work at a time that needs the data file or the keys to stay as they are.</param>
/// <param name="data">Where the database is.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of each copy.</param>
internal sealed class LiteBackup(StoreWriter writer, SemaphoreSlim upkeep, IStoreDirectory data, TimeProvider time, ILogger logger)
{
    public Task RunAsync(string path, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(path) ?? path;
        if (Directory.Exists(path))
            throw new IOException($"{path} is a directory. Name a file in it that is not there yet.");
        if (!Directory.Exists(directory))
            throw new IOException($"There is no directory {directory}.");
        if (directory == Path.GetDirectoryName(data.PathOf(StorageOptions.FileName)))
            throw new IOException($"{path} is in the data directory. Name a file outside of it, best on another disk.");
        return RunAsync(new DiskDirectory(directory), Path.GetFileName(path), cancellationToken);
    }

    public async Task RunAsync(IStoreDirectory directory, string name, CancellationToken cancellationToken)
    {
        await upkeep.WaitAsync(cancellationToken);
        try
        {
            var began = time.GetTimestamp();
            using var hold = await writer.HoldAsync(cancellationToken);
            await Task.Run(() => Copy(hold, directory, name, cancellationToken), CancellationToken.None);
            StoreLog.BackedUp(logger, directory.PathOf(name), time.GetElapsedTime(began));
        }
        finally
        {
            upkeep.Release();
        }
    }

    private static void Copy(CheckpointHold hold, IStoreDirectory directory, string name, CancellationToken cancellationToken)
    {
        try
        {
            NewFile.Make(directory, name, target => hold.File.CopyTo(target, directory.PathOf(name), () =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                hold.ThrowIfLost();
            }));
        }
        // What was read then may be half of a page, or of a file that is closed.
        catch (Exception e) when (e is not OperationCanceledException && hold.Loss is { } loss)
        {
            throw new StoreUnavailableException(loss, e);
        }
    }
}
