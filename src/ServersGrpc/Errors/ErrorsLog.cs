namespace ServersGrpc.Errors;

internal static partial class ErrorsLog
{
    [LoggerMessage(1, LogLevel.Error, "{what} failed.")]
    public static partial void Unforeseen(ILogger logger, string what, Exception exception);
}
