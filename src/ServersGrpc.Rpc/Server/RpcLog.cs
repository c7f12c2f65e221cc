using Microsoft.Extensions.Logging;

namespace ServersGrpc.Rpc.Server;

internal static partial class RpcLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} threw an exception.")]
    public static partial void MethodFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The trailer {Key} of {Method} is not visible ASCII and was left out.")]
    public static partial void TrailerDropped(ILogger logger, string key, string method);
}
