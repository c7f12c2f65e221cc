using Grpc.Core;

namespace ServersGrpc.Rpc.Wire;

/// <summary>The responses of a method that gives many.</summary>
internal sealed class ResponseStreamWriter<T>(GrpcCall call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    private Task _last = Task.CompletedTask;

    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (call.HasEnded)
            throw new InvalidOperationException("Nothing can be written: the call is over.");
        if (!_last.IsCompleted)
            throw new InvalidOperationException("Only one write can be pending at a time.");
        return _last = WriteCoreAsync(message, cancellationToken);
    }

    private async Task WriteCoreAsync(T message, CancellationToken cancellationToken)
    {
        using var token = call.Join(cancellationToken);
        token.Token.ThrowIfCancellationRequested();
        await call.WriteNextAsync(marshaller, message, token.Token);
    }
}
