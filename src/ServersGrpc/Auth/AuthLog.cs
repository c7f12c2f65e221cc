namespace ServersGrpc.Auth;

internal static partial class AuthLog
{
    [LoggerMessage(LogLevel.Information, "Made an admin token: read it from {file}.")]
    public static partial void TokenMade(ILogger logger, string file);
}
