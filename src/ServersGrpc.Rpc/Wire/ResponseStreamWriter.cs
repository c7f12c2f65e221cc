using Grpc.Core;

namespace ServersGrpc.Rpc.Wire;

/// <summary>The responses of a method that gives many.</summary>
internal sealed class ResponseStreamWriter<T>(GrpcCall call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return call.WriteNextAsync(marshaller, message, cancellationToken);
    }
}
