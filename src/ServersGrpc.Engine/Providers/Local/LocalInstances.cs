namespace ServersGrpc.Engine.Providers.Local;

/// <summary>
/// The directories of this installation's instances: <c>local/instances/&lt;uid&gt;</c>. They appear and disappear whole, by a rename
/// from and to a name that begins with a dot.
/// </summary>
internal sealed class LocalInstances(string dataDirectory, string installationId, TimeProvider timeProvider)
{
    private readonly string _root = Path.Combine(Path.GetFullPath(dataDirectory), "local", "instances");

    /// <summary>All directories of this installation. Throws rather than answer in part.</summary>
    public IEnumerable<InstanceDirectory> All() =>
        Subdirectories().Where(path => !IsUnderWay(path)).Select(path => new InstanceDirectory(path)).Where(IsOurs);

    /// <summary>The directory of the server; null where there is none, or it is another installation's.</summary>
    public InstanceDirectory? TryOpen(string uid)
    {
        var directory = new InstanceDirectory(PathOf(uid));
        return IsOurs(directory) ? directory : null;
    }

    /// <summary>Whether the server is another installation's.</summary>
    public bool IsForeign(string uid) =>
        new InstanceDirectory(PathOf(uid)).ReadSpec() is { } spec && spec.InstallationId != installationId;

    /// <summary>The directory of the server, made where there is none.</summary>
    public InstanceDirectory OpenOrMake(InstanceSpec spec)
    {
        var directory = new InstanceDirectory(PathOf(spec.Uid));
        if (directory.ReadSpec() is not { } present)
        {
            Make(spec);
        }
        else if (present.InstallationId != installationId)
        {
            throw new ProviderException(ProviderFault.Rejected, "an instance of this server belongs to another installation");
        }

        return directory;
    }

    /// <summary>Removes the directory, where no agent holds its lock. True when it is gone.</summary>
    public bool TryRemove(InstanceDirectory directory)
    {
        try
        {
            // Holding the lock keeps a late agent from taking it before the directory has left its place.
            using var held = directory.TryLock();
            // The lock of an ending process may be free a moment before its port is.
            if (held is null || directory.ReadState() is { Process.IsAlive: true })
            {
                return false;
            }

            var leaving = UnderWayPath();
            Directory.Move(directory.Path, leaving);
            Directory.Delete(leaving, recursive: true);
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
    }

    /// <summary>Removes what killed services and agents left: directories that no agent holds and that nobody touched for so long.</summary>
    public void RemoveLeftovers(TimeSpan age)
    {
        var untouchedSince = timeProvider.GetUtcNow() - age;
        foreach (var path in Subdirectories().Where(path => Directory.GetLastWriteTimeUtc(path) <= untouchedSince))
        {
            var directory = new InstanceDirectory(path);
            if (IsUnderWay(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else if (IsOurs(directory))
            {
                TryRemove(directory);
            }
        }
    }

    /// <summary>Takes the keys out of directories that earlier versions made. Their agents hold them in memory and read the file no more.</summary>
    public void RemoveKeys()
    {
        foreach (var directory in All())
        {
            directory.RewriteSpec();
        }
    }

    private void Make(InstanceSpec spec)
    {
        InstanceDirectory.CreateOwnerOnly(Path.GetDirectoryName(_root)!);
        InstanceDirectory.CreateOwnerOnly(_root);
        var fresh = UnderWayPath();
        try
        {
            new InstanceDirectory(fresh).Write(AgentSpec.For(spec, installationId));
            Directory.Move(fresh, PathOf(spec.Uid));
        }
        catch (IOException) when (Directory.Exists(PathOf(spec.Uid)))
        {
            // Another create of the same server came first: its directory is as good as ours.
        }
        finally
        {
            // What no server uses must not stay behind, on a full disk least of all.
            if (Directory.Exists(fresh))
            {
                Directory.Delete(fresh, recursive: true);
            }
        }
    }

    private bool IsOurs(InstanceDirectory directory) => directory.ReadSpec()?.InstallationId == installationId;

    private string[] Subdirectories() => Directory.Exists(_root) ? Directory.GetDirectories(_root) : [];

    private string UnderWayPath() => Path.Combine(_root, "." + Guid.NewGuid().ToString("N"));

    private static bool IsUnderWay(string path) => Path.GetFileName(path).StartsWith('.');

    private string PathOf(string uid) => Guid.TryParseExact(uid, "N", out _)
        ? Path.Combine(_root, uid)
        : throw new ArgumentException($"A uid is 32 hexadecimal digits, not \"{uid}\".", nameof(uid));
}
