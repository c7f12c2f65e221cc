namespace ServersGrpc.Auth;

internal static partial class AuthLog
{
    [LoggerMessage(LogLevel.Information, "Made an admin token: read it from {file}.")]
    public static partial void TokenMade(ILogger logger, string file);

    [LoggerMessage(LogLevel.Warning, "When tokens were last used could not be noted: {reason}")]
    public static partial void UseNotKept(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "The keys of the issuer {issuer} can't be had, so that its tokens can't be checked: {reason}")]
    public static partial void IssuerUnreachable(ILogger logger, string issuer, string reason);
}
