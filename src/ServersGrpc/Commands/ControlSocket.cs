using System.Net.Sockets;

namespace ServersGrpc.Commands;

/// <summary>
/// The socket in the data directory by which a command reaches the service that runs there. Whoever may open it may do everything with the
/// directory anyway: the directory's mode is its lock.
/// </summary>
internal static class ControlSocket
{
    public const string FileName = "control.sock";

    // What the kernels' sockaddr_un holds, less a terminator: 108 on Linux, 104 elsewhere.
    private const int MostBytes = 103;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Listens, in the place of a service that ended without taking its socket away.</summary>
    public static Socket Listen(string directory)
    {
        var file = Path.Combine(directory, FileName);
        File.Delete(file);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        WithShortPath(directory, socket.Bind);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, OwnerOnly);
        socket.Listen();
        return socket;
    }

    /// <summary>A connection to the service; null where none runs.</summary>
    public static Socket? TryConnect(string directory)
    {
        if (!File.Exists(Path.Combine(directory, FileName)))
            return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            WithShortPath(directory, socket.Connect);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Names the socket by a path that fits into an address, through a link where its own does not.</summary>
    private static void WithShortPath(string directory, Action<UnixDomainSocketEndPoint> use)
    {
        var file = Path.Combine(directory, FileName);
        if (System.Text.Encoding.UTF8.GetByteCount(file) <= MostBytes)
        {
            use(new(file));
            return;
        }
        var shortcut = Directory.CreateTempSubdirectory("servers-");
        try
        {
            var link = Path.Combine(shortcut.FullName, "d");
            Directory.CreateSymbolicLink(link, directory);
            use(new(Path.Combine(link, FileName)));
        }
        finally
        {
            // The link goes, and not what it leads to.
            shortcut.Delete(recursive: true);
        }
    }
}
