using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ServersGrpc.Engine.Storage;

/// <summary>
/// Makes what files a directory has survive a power cut, which otherwise could take back a renaming or a removal: of the key that the database is
/// encrypted under by then, or of a token that is revoked. Windows journals these itself.
/// </summary>
internal static class DirectoryFlush
{
    /// <exception cref="IOException">It can't be.</exception>
    public static void Of(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = OpenFile(directory, 0);
        if (descriptor < 0)
            throw LastError();
        try
        {
            if (Flush(descriptor) != 0)
                throw LastError();
        }
        finally
        {
            _ = CloseFile(descriptor);
        }
    }

    private static IOException LastError() => new(new Win32Exception(Marshal.GetLastPInvokeError()).Message);

    [DllImport("libc", EntryPoint = "open", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int OpenFile([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int CloseFile(int descriptor);
}
