using Google.Protobuf;
using Grpc.Core;

namespace Google.Rpc;

/// <summary>Rich errors and their details.</summary>
public static class RpcStatusExtensions
{
    /// <summary>The first detail of the type; null where there is none.</summary>
    public static T? GetDetail<T>(this Status status)
        where T : class, IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(status);
        foreach (var detail in status.Details)
            if (detail.TryUnpack<T>(out var message))
                return message;
        return null;
    }

    /// <summary>An exception that ends a call with the status and its details.</summary>
    public static RpcException ToRpcException(this Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var trailers = new Metadata();
        trailers.SetRpcStatus(status);
        return new RpcException(new Grpc.Core.Status((StatusCode)status.Code, status.Message), trailers);
    }
}
