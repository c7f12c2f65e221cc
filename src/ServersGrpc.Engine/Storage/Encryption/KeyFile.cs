using System.Text;

namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>A file of keys.</summary>
/// <param name="path">The full path.</param>
/// <param name="source">What messages call it.</param>
internal sealed class KeyFile(string path, string source)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // No ring of keys is longer; a device that is named by mistake may have no end.
    private const int MostBytes = 64 * 1024;

    // Written aside and renamed: a crash leaves no half of a file.
    private readonly string _aside = path + ".new";

    public bool Exists => File.Exists(path);

    /// <summary>Removes what a crash left beside the file: it holds keys too.</summary>
    /// <exception cref="EncryptionException">It can't be removed.</exception>
    public void RemoveUnfinished()
    {
        try
        {
            File.Delete(_aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EncryptionException($"The unfinished key file {_aside} can't be removed: {e.Message}", e);
        }
    }

    /// <exception cref="EncryptionException">It can't be read, others may read it, or it holds something that is no key.</exception>
    public KeyRing Read() => KeyRing.Parse(source, ReadText());

    /// <summary>Replaces the keys, all or nothing, and on disk before this returns.</summary>
    /// <exception cref="EncryptionException">It can't be written.</exception>
    public KeyRing Write(IEnumerable<EncryptionKey> keys)
    {
        var ring = new KeyRing(source, keys);
        RemoveUnfinished();
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            using (var stream = new FileStream(_aside, options))
            {
                stream.Write(Encoding.ASCII.GetBytes(ring.Write()));
                stream.Flush(flushToDisk: true);
            }
            File.Move(_aside, path, overwrite: true);
            DirectoryFlush.Of(Path.GetDirectoryName(path)!);
            return ring;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EncryptionException($"{KeyRing.Capitalize(source)} can't be written: {e.Message}", e);
        }
    }

    private string ReadText()
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
            // Of the open file, not of the name: what is looked at is what is read.
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & Others) != 0)
                throw new EncryptionException($"{KeyRing.Capitalize(source)} is open to other users. Make it its owner's alone: chmod 600 {path}");
            var bytes = new byte[MostBytes];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length < bytes.Length
                ? Encoding.UTF8.GetString(bytes, 0, length)
                : throw new EncryptionException($"{KeyRing.Capitalize(source)} is too long for one.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EncryptionException($"{KeyRing.Capitalize(source)} can't be read: {e.Message}", e);
        }
    }
}
