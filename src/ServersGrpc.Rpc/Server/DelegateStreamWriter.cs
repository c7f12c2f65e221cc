using Grpc.Core;

namespace ServersGrpc.Rpc.Server;

/// <summary>Gives a method's responses to a face that does not know their type.</summary>
internal sealed class DelegateStreamWriter<T>(Func<object, CancellationToken, Task> write, ServerCallContext context) : IServerStreamWriter<T>
    where T : class
{
    private Task _last = Task.CompletedTask;

    public WriteOptions? WriteOptions
    {
        get => context.WriteOptions;
        set => context.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!_last.IsCompleted)
            throw new InvalidOperationException("Only one write can be pending at a time.");
        return _last = write(message, cancellationToken);
    }
}
