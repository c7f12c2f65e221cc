namespace Grpc.Core;

/// <summary>The messages that come in, one at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last MoveNext found.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; false at the end of the stream.</summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
