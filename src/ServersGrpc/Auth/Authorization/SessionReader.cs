using Grpc.Core;
using ServersGrpc.Errors;

namespace ServersGrpc.Auth.Authorization;

/// <summary>What a caller sends on a stream, until its session ends.</summary>
internal sealed class SessionReader<T>(IAsyncStreamReader<T> stream, CancellationToken end) : IAsyncStreamReader<T>
{
    public T Current => stream.Current;

    /// <exception cref="RpcException">What comes next can't be read.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end);
        try
        {
            return await stream.MoveNext(both.Token);
        }
        // It is no protobuf message, no gzip, or, of gRPC-Web, no base64.
        catch (Exception e) when (e is not RpcException and not OperationCanceledException)
        {
            throw RpcStatuses.UnreadableMessage().ToRpcException();
        }
    }
}
