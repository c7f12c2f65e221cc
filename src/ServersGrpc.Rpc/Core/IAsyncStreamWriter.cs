namespace Grpc.Core;

/// <summary>Where messages go out, one at a time: a write begins when the one before it is done.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the messages that follow are written; null for the default.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message; done when it is handed to the transport.</summary>
    Task WriteAsync(T message);

    /// <summary>Writes a message; gives up, and ends the call, when the token is cancelled.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
            throw new NotSupportedException("This stream writer takes no cancellation token.");
        return WriteAsync(message);
    }
}
