namespace Grpc.Core;

/// <summary>Thrown by a method to end its call with a status, and by a client for every status but OK.</summary>
public class RpcException : Exception
{
    public RpcException(Status status)
        : this(status, Metadata.Empty, Describe(status))
    {
    }

    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, Describe(status))
    {
    }

    /// <param name="status">How the call ends.</param>
    /// <param name="trailers">Sent after the messages, beside the status.</param>
    /// <param name="message">The text of the exception; it does not cross the wire.</param>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        Status = status;
        Trailers = trailers ?? throw new ArgumentNullException(nameof(trailers));
    }

    public Status Status { get; }

    public StatusCode StatusCode => Status.StatusCode;

    public Metadata Trailers { get; }

    private static string Describe(Status status) => status.ToString();
}
