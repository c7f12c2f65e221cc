namespace Grpc.Core;

/// <summary>Rich errors in exceptions.</summary>
public static class RpcExceptionExtensions
{
    /// <summary>The status of the failed call with its details, such as ErrorInfo; null where the server sent none.</summary>
    /// <exception cref="Google.Protobuf.InvalidProtocolBufferException">What the server sent is no such status.</exception>
    public static Google.Rpc.Status? GetRpcStatus(this RpcException ex)
    {
        ArgumentNullException.ThrowIfNull(ex);
        return ex.Trailers.GetRpcStatus();
    }
}
