using System.Runtime.Versioning;

namespace ServersGrpc.Engine.Storage;

/// <summary>
/// Keeps other users out of a data directory and of what is secret in it. What is surely the service's is closed; a directory that also
/// holds what is not, such as /tmp or somebody's home, is refused, for others may need to enter it.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static class DataDirectoryModes
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // With what the database, and whoever writes a file aside, adds to them; and what a file system brings along.
    private static readonly string[] Own = ["admin.token", "control.sock", "dev-certificate", "encryption.key", "local", "lock", "lost+found", "servers.db", "servers.litedb"];

    /// <summary>Closes what is open.</summary>
    /// <returns>What was, and its mode, where others could have read it.</returns>
    /// <exception cref="StoreOpenException">The directory is open and may not be the service's alone, or can't be closed.</exception>
    public static IReadOnlyList<(string Path, string Mode)> Close(string directory)
    {
        var mended = new List<(string, string)>();
        var entries = Directory.EnumerateFileSystemEntries(directory).ToList();
        var mode = File.GetUnixFileMode(directory);
        var wasOpen = (mode & Others) != 0;
        if (wasOpen)
        {
            var foreign = entries.Find(entry => !IsOwn(entry));
            if (foreign is not null || mode.HasFlag(UnixFileMode.StickyBit))
                throw Refused(directory, mode, foreign is null ? "is shared by many users" : $"holds {Path.GetFileName(foreign)}, which is not the service's");
            Set(directory, mode, OwnerDirectory);
            mended.Add((directory, Octal(mode)));
        }
        foreach (var entry in entries.Where(IsOwn))
        {
            try
            {
                CloseEntry(entry, mended);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Another process that has the directory took it away meanwhile.
            }
        }
        // Nobody has read what was not there, or what was behind a closed door.
        return wasOpen && entries.Count > 0 ? mended : [];
    }

    private static void CloseEntry(string entry, List<(string, string)> mended)
    {
        var mode = File.GetUnixFileMode(entry);
        // Where a link leads to is the affair of whoever made it.
        if ((mode & Others) == 0 || File.ResolveLinkTarget(entry, returnFinalTarget: false) is not null)
            return;
        Set(entry, mode, Directory.Exists(entry) ? OwnerDirectory : OwnerFile);
        mended.Add((entry, Octal(mode)));
    }

    private static void Set(string path, UnixFileMode found, UnixFileMode wanted)
    {
        try
        {
            File.SetUnixFileMode(path, wanted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"{path} is open to other users ({Octal(found)}) and holds secrets, and can't be closed: {e.Message} "
                + $"As its owner: chmod {Octal(wanted)} {path}", e);
        }
    }

    private static StoreOpenException Refused(string directory, UnixFileMode mode, string why) => new(
        $"The data directory {directory} is open to other users ({Octal(mode)}) and {why}. If it is to hold nothing but this service's data: "
        + $"chmod {Octal(OwnerDirectory)} {directory}. Otherwise set Servers:DataDirectory to a directory of its own.");

    private static bool IsOwn(string entry) => Array.Exists(Own, name =>
        Path.GetFileName(entry.AsSpan()) is var found && found.StartsWith(name, StringComparison.Ordinal)
        && (found.Length == name.Length || found[name.Length] is '.' or '-'));

    private static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode, 8);
}
