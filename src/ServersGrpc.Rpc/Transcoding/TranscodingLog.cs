using Microsoft.Extensions.Logging;

namespace ServersGrpc.Rpc.Transcoding;

internal static partial class TranscodingLog
{
    [LoggerMessage(
        EventId = 1, Level = LogLevel.Warning, Message = "{Method} has no REST form, though it has an HTTP rule: {Reason}. gRPC serves it.")]
    public static partial void NotServed(ILogger logger, string method, string reason);
}
