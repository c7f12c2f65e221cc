using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb;

namespace ServersGrpc.Simulation;

/// <summary>
/// A directory in memory where the system has one, for the database of one run: runs are to cost what the engine costs, and the loss of
/// power is no part of them.
/// </summary>
internal sealed class RunDirectory : IDisposable
{
    private const string Memory = "/dev/shm";

    // Every run begins with an empty database, and the key that it is encrypted under; to make it takes longer than many a run.
    private static readonly Lazy<IReadOnlyDictionary<string, byte[]>> Empty = new(MakeEmpty);

    public RunDirectory()
        : this(isPrepared: true)
    {
    }

    private RunDirectory(bool isPrepared)
    {
        var parent = Directory.Exists(Memory) ? Memory : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Combine(parent, "servers-simulation-" + Guid.NewGuid().ToString("N"));
        DataDirectory.CreatePrivate(Path);
        foreach (var (name, content) in isPrepared ? Empty.Value : new Dictionary<string, byte[]>())
            Write(name, content);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static IReadOnlyDictionary<string, byte[]> MakeEmpty()
    {
        using var run = new RunDirectory(isPrepared: false);
        using var meters = new RunMeters();
        using (var directory = DataDirectory.Open(run.Path))
            LiteDbStore.Open(directory, "simulation", new(), TimeProvider.System, new(meters), NullLogger.Instance).Dispose();
        return new[] { StorageOptions.FileName, OwnKeyFile.FileName }.ToDictionary(name => name, name => System.IO.File.ReadAllBytes(run.File(name)));
    }

    // Private, as a key file must be.
    private void Write(string name, byte[] content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(File(name), options);
        stream.Write(content);
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
