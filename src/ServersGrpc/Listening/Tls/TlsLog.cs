namespace ServersGrpc.Listening.Tls;

internal static partial class TlsLog
{
    [LoggerMessage(LogLevel.Information, "The certificate of {subject}, good until {notAfter:u}, is in use.")]
    public static partial void InUse(ILogger logger, string subject, DateTimeOffset notAfter);

    [LoggerMessage(LogLevel.Information, "The client authority of {file} has changed, and is in use.")]
    public static partial void AuthorityInUse(ILogger logger, string file);

    [LoggerMessage(LogLevel.Information, "It is signed by itself. Programs of this machine trust it by the file {file}, such as curl --cacert {file}.")]
    public static partial void Trust(ILogger logger, string file);

    [LoggerMessage(LogLevel.Warning, "The {what} has changed and can't be used, so that the one before it stays in use: {reason}")]
    public static partial void Kept(ILogger logger, string what, string reason);

    [LoggerMessage(LogLevel.Warning, "This machine's own certificate ends soon and can't be made anew: {reason}")]
    public static partial void NotRenewed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "The certificate of {file} ends in {days} days, at {notAfter:u}. A new one is taken up when it is there.")]
    public static partial void EndsSoon(ILogger logger, string file, int days, DateTimeOffset notAfter);

    [LoggerMessage(LogLevel.Warning, "The certificate of {file} has ended at {notAfter:u}: callers refuse it. A new one is taken up when it is there.")]
    public static partial void Ended(ILogger logger, string file, DateTimeOffset notAfter);

    [LoggerMessage(LogLevel.Warning, "{address} can be reached from other machines without TLS: tokens and keys cross the network in the clear. Use https://.")]
    public static partial void ClearText(ILogger logger, string address);
}
