using Grpc.Core;

namespace ServersGrpc.Rpc.Wire;

/// <summary>The requests of a method that takes many.</summary>
internal sealed class RequestStreamReader<T>(GrpcCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;

    public T Current => _current ?? throw new InvalidOperationException("There is no message: MoveNext was not called, or found none.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var token = call.Join(cancellationToken);
        _current = await call.ReadNextAsync(marshaller, token.Token);
        return _current is not null;
    }
}
