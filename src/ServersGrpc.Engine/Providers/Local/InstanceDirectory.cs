using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>
/// The directory of one local server, shared by the provider and the agent. Whoever holds the lock file is the server: an agent lives
/// exactly as long as its lock is held, and the operating system releases it however the agent ends.
/// </summary>
public sealed class InstanceDirectory(string path)
{
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyDirectory = OwnerOnlyFile | UnixFileMode.UserExecute;

    private readonly string _lockPath = System.IO.Path.Combine(path, "lock");
    private readonly string _specPath = System.IO.Path.Combine(path, "spec.json");
    private readonly string _statePath = System.IO.Path.Combine(path, "instance.json");
    private readonly string _removalMarkPath = System.IO.Path.Combine(path, "removed");

    public string Path => path;

    public bool IsMarkedForRemoval => File.Exists(_removalMarkPath);

    /// <summary>
    /// Takes the lock that makes the caller this directory's agent; null where another holds it. The lock file is never made here.
    /// </summary>
    /// <exception cref="FileNotFoundException">The directory is being removed.</exception>
    /// <exception cref="DirectoryNotFoundException">The directory is gone.</exception>
    public FileStream? TryLock()
    {
        try
        {
            return new FileStream(_lockPath, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
        }
        catch (IOException exception) when (IsSharingViolation(exception))
        {
            return null;
        }
    }

    /// <summary>Whether the locked file is this directory's, and not that of a removed one at the same path.</summary>
    public static bool IsLockOf(FileStream locked, AgentSpec spec)
    {
        using var reader = new StreamReader(locked, Encoding.ASCII, leaveOpen: true);
        return reader.ReadToEnd() == spec.Generation;
    }

    public AgentSpec? ReadSpec() => Read(_specPath, AgentJson.Default.AgentSpec);

    public AgentState? ReadState() => Read(_statePath, AgentJson.Default.AgentState);

    /// <summary>Only for the holder of the lock. Readers see the whole state or none.</summary>
    public void WriteState(AgentState state) =>
        Replace(_statePath, JsonSerializer.SerializeToUtf8Bytes(state, AgentJson.Default.AgentState));

    internal static void CreateOwnerOnly(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnlyDirectory);
        }
    }

    /// <summary>Makes the directory with all that an agent needs but its credentials.</summary>
    internal void Write(AgentSpec spec)
    {
        CreateOwnerOnly(path);
        WriteDurably(_lockPath, Encoding.ASCII.GetBytes(spec.Generation));
        WriteDurably(_specPath, JsonSerializer.SerializeToUtf8Bytes(spec, AgentJson.Default.AgentSpec));
    }

    /// <summary>Leaves nothing in the file but what this version writes there. Readers see it whole, before or after.</summary>
    internal void RewriteSpec()
    {
        if (ReadSpec() is not { } spec)
        {
            return;
        }

        var content = JsonSerializer.SerializeToUtf8Bytes(spec, AgentJson.Default.AgentSpec);
        if (!content.AsSpan().SequenceEqual(File.ReadAllBytes(_specPath)))
        {
            Replace(_specPath, content);
        }
    }

    /// <summary>Whether an agent holds the lock.</summary>
    internal bool IsLocked()
    {
        try
        {
            using var taken = TryLock();
            return taken is null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Tells every agent, present and late, to go. Returns when this was said first.</summary>
    internal DateTimeOffset MarkForRemoval(DateTimeOffset now)
    {
        if (IsMarkedForRemoval)
        {
            return File.GetLastWriteTimeUtc(_removalMarkPath);
        }

        try
        {
            using var mark = new FileStream(_removalMarkPath, OwnerOnly(FileMode.OpenOrCreate));
            File.SetLastWriteTimeUtc(mark.SafeFileHandle, now.UtcDateTime);
        }
        catch (DirectoryNotFoundException)
        {
            // Another removal was faster: nobody is left to be told.
        }

        return now;
    }

    private static T? Read<T>(string file, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), type);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            // A file that someone damaged says no more than one that is not there.
            return null;
        }
    }

    private static void Replace(string file, ReadOnlySpan<byte> content)
    {
        var fresh = file + ".new";
        WriteDurably(fresh, content);
        File.Move(fresh, file, overwrite: true);
    }

    // Durable, so that no power cut leaves an empty file under a final name.
    private static void WriteDurably(string file, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(file, OwnerOnly(FileMode.Create));
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    private static FileStreamOptions OwnerOnly(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnlyFile;
        }

        return options;
    }

    // EWOULDBLOCK of flock(2) on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsSharingViolation(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
