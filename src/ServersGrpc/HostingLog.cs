namespace ServersGrpc;

internal static partial class HostingLog
{
    [LoggerMessage(LogLevel.Warning, "{path} was open to other users ({mode}), and is not any more. What they may have read of it can't be taken back: tokens and keys may need to be changed.")]
    public static partial void WasOpen(ILogger logger, string path, string mode);

    [LoggerMessage(LogLevel.Error, "A background task failed, and nobody looked at it.")]
    public static partial void UnobservedFailure(ILogger logger, Exception exception);
}
