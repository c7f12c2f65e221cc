using System.Globalization;

namespace ServersGrpc.Engine.Storage;

/// <summary>
/// The directory that holds all that must survive: made private, checked to be writable, and locked, so that no second service
/// works on it. The lock ends with the process, however it ends.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock, IReadOnlyList<(string Path, string Mode)> mended)
    {
        Path = path;
        _lock = @lock;
        Mended = mended;
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>What in it was open to other users, with the mode that it had. None of it is any more.</summary>
    public IReadOnlyList<(string Path, string Mode)> Mended { get; }

    /// <summary>Makes the directory, where there is none, and holds it.</summary>
    /// <exception cref="DataDirectoryInUseException">Another service or command holds it.</exception>
    /// <exception cref="StoreOpenException">
    /// It can't be made or written, or is open to other users and may be more than a data directory.
    /// </exception>
    public static DataDirectory Open(string path)
    {
        (path, var mended) = Prepare(path);
        return new(path, Lock(path), mended);
    }

    /// <summary>Makes it, and keeps others out.</summary>
    private static (string Path, IReadOnlyList<(string Path, string Mode)> Mended) Prepare(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            CreatePrivate(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The data directory {path} can't be made: {e.Message} Set Servers:DataDirectory.", e);
        }
        try
        {
            return (path, OperatingSystem.IsWindows() ? [] : DataDirectoryModes.Close(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The data directory {path} can't be read: {e.Message} Run this as the user that the service runs as.", e);
        }
    }

    /// <summary>The same, once another process that holds it lets it go: a command lasts a moment.</summary>
    /// <param name="path">Where.</param>
    /// <param name="patience">How long to wait for that.</param>
    public static async Task<DataDirectory> OpenAsync(string path, TimeSpan patience)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        (path, var mended) = Prepare(path);
        while (true)
        {
            try
            {
                return new(path, Lock(path), mended);
            }
            // The operating system tells nobody when a lock is let go.
            catch (DataDirectoryInUseException) when (waited.Elapsed < patience)
            {
                await Task.Delay(LookInterval);
            }
        }
    }

    /// <summary>Makes a directory that only its owner may enter.</summary>
    public static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file that only its owner reads: aside, and renamed, so that a crash leaves no half of it.</summary>
    public void WritePrivate(string name, string content)
    {
        var file = File(name);
        var aside = file + ".new";
        System.IO.File.Delete(aside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(aside, options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }
        System.IO.File.Move(aside, file, overwrite: true);
        DirectoryFlush.Of(Path);
    }

    /// <summary>Takes a file away, for good.</summary>
    public void Remove(string name)
    {
        System.IO.File.Delete(File(name));
        DirectoryFlush.Of(Path);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, "lock");
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStream held;
        try
        {
            held = new(file, options);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreOpenException($"The data directory {path} can't be written: {e.Message} Set Servers:DataDirectory.", e);
        }
        catch (IOException e) when (System.IO.File.Exists(file) && IsHeldElsewhere(e))
        {
            throw new DataDirectoryInUseException(
                $"The data directory {path} is in use by another service, or by a command. Stop that one, or set Servers:DataDirectory.", e);
        }
        catch (IOException e)
        {
            throw new StoreOpenException($"The data directory {path} can't be written: {e.Message} Set Servers:DataDirectory.", e);
        }
        WriteOwner(held, path);
        return held;
    }

    // The process id is for people who look; the lock itself is the operating system's.
    private static void WriteOwner(FileStream held, string path)
    {
        try
        {
            held.SetLength(0);
            held.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            held.Flush();
        }
        catch (IOException e)
        {
            held.Dispose();
            throw new StoreOpenException($"The data directory {path} can't be written: {e.Message}", e);
        }
    }

    // EWOULDBLOCK of flock(2) (11 on Linux, 35 on macOS), or Windows' sharing violation.
    private static bool IsHeldElsewhere(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;
}
