using Grpc.Core;

namespace ServersGrpc.Rpc.Client;

/// <summary>How a call ended.</summary>
internal sealed record CallEnd(Status Status, Metadata Trailers)
{
    /// <exception cref="RpcException">Not well.</exception>
    public void ThrowIfFailed()
    {
        if (Status.StatusCode != StatusCode.OK)
            throw new RpcException(Status, Trailers);
    }
}
