namespace ServersGrpc.Errors;

internal static partial class ErrorsLog
{
    [LoggerMessage(1, LogLevel.Error, "{what} failed.")]
    public static partial void Unforeseen(ILogger logger, string what, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "{path} failed outside of its method. The log category Grpc.AspNetCore.Server.ServerCallHandler, which is off, says why.")]
    public static partial void FailedOutside(ILogger logger, string path);
}
