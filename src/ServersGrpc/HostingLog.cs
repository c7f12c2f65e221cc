namespace ServersGrpc;

internal static partial class HostingLog
{
    [LoggerMessage(LogLevel.Warning, "{address} can be reached from other machines without TLS: tokens and keys cross the network in the clear. Use https://.")]
    public static partial void ClearText(ILogger logger, string address);

    [LoggerMessage(LogLevel.Error, "A background task failed, and nobody looked at it.")]
    public static partial void UnobservedFailure(ILogger logger, Exception exception);
}
