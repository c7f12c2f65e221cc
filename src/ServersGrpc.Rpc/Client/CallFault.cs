using Grpc.Core;

namespace ServersGrpc.Rpc.Client;

/// <summary>What kept a call from its status, as a status.</summary>
internal static class CallFault
{
    // Of HTTP/2's error codes, those that say more than that the connection or the stream is gone.
    private const long Cancel = 0x8;
    private const long EnhanceYourCalm = 0xB;

    public static Status ToStatus(Exception fault) => fault switch
    {
        RpcException rpc => rpc.Status,
        OperationCanceledException => new Status(StatusCode.Cancelled, "Call canceled by the client.", fault),
        HttpRequestException or IOException => new Status(CodeOf(fault), fault.InnerException?.Message ?? fault.Message, fault),
        _ => new Status(StatusCode.Internal, $"The call could not be made. {fault.GetType().Name}: {fault.Message}", fault),
    };

    private static StatusCode CodeOf(Exception fault)
    {
        var protocolFault = fault as HttpProtocolException ?? fault.InnerException as HttpProtocolException;
        return protocolFault?.ErrorCode switch
        {
            Cancel => StatusCode.Cancelled,
            EnhanceYourCalm => StatusCode.ResourceExhausted,
            _ => StatusCode.Unavailable,
        };
    }
}
