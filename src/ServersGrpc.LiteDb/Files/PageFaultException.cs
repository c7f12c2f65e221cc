using System.Runtime.ExceptionServices;

namespace ServersGrpc.LiteDb.Files;

/// <summary>
/// A page can't be read. No <see cref="IOException"/>: at one LiteDB closes its engine at once, on whichever thread, and takes from others the pages
/// that they read. Two threads that let go of the same page end the process, later, in a finalizer.
/// </summary>
internal sealed class PageFaultException(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>Runs what reads pages by LiteDB, for callers to whom the cause is what matters.</summary>
    public static void Unwrap(Action read)
    {
        try
        {
            read();
        }
        catch (PageFaultException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }
    }
}
