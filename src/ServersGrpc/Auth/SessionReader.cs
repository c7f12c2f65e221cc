using Google.Rpc;
using Grpc.Core;

namespace ServersGrpc.Auth;

/// <summary>What a caller sends on a stream, until its session ends.</summary>
internal sealed class SessionReader<T>(IAsyncStreamReader<T> stream, StreamSession session) : IAsyncStreamReader<T>
{
    public T Current => stream.Current;

    /// <exception cref="RpcException">The credential that opened the stream is good no more.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Token);
        try
        {
            return await stream.MoveNext(both.Token);
        }
        catch (Exception) when (session.Why() is { } status)
        {
            throw status.ToRpcException();
        }
    }
}
