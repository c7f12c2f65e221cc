using Grpc.Core;

namespace ServersGrpc.Auth.Authorization;

/// <summary>What a caller sends on a stream, until its session ends.</summary>
internal sealed class SessionReader<T>(IAsyncStreamReader<T> stream, CancellationToken end) : IAsyncStreamReader<T>
{
    public T Current => stream.Current;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end);
        return await stream.MoveNext(both.Token);
    }
}
