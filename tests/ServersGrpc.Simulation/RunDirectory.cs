using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Sqlite;

namespace ServersGrpc.Simulation;

/// <summary>
/// A directory in memory where the system has one, for the database of one run: runs are to cost what the engine costs, and the loss of
/// power is no part of them.
/// </summary>
internal sealed class RunDirectory : IDisposable
{
    private const string Memory = "/dev/shm";

    // Every run begins with an empty database; to make it takes longer than many a run.
    private static readonly Lazy<byte[]> Empty = new(MakeEmpty);

    public RunDirectory()
        : this(isPrepared: true)
    {
    }

    private RunDirectory(bool isPrepared)
    {
        var parent = Directory.Exists(Memory) ? Memory : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Combine(parent, "servers-simulation-" + Guid.NewGuid().ToString("N"));
        DataDirectory.CreatePrivate(Path);
        if (isPrepared)
            File.WriteAllBytes(DatabaseFile, Empty.Value);
    }

    public string Path { get; }

    private string DatabaseFile => System.IO.Path.Combine(Path, SqliteServerStore.FileName);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static byte[] MakeEmpty()
    {
        using var run = new RunDirectory(isPrepared: false);
        using var meters = new RunMeters();
        using (var directory = DataDirectory.Open(run.Path))
            SqliteServerStore.Open(directory, "simulation", new(), TimeProvider.System, new(meters), NullLogger.Instance).Dispose();
        return File.ReadAllBytes(run.DatabaseFile);
    }
}
