namespace ServersGrpc.Benchmarks.Load;

/// <summary>A directory that is gone after the measurement.</summary>
internal sealed class RunDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("servers-bench-").FullName;

    /// <summary>The file system's name: on one that is memory only, nothing waits for a disk.</summary>
    public string FileSystem => new DriveInfo(Path).DriveFormat;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
