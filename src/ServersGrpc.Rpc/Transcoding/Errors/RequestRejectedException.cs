using Google.Rpc;

namespace ServersGrpc.Rpc.Transcoding.Errors;

/// <summary>The request does not become a call. HTTP has statuses of its own for some of the reasons.</summary>
internal sealed class RequestRejectedException(int httpStatus, Status status, Exception? cause = null) : Exception(status.Message, cause)
{
    public int HttpStatus => httpStatus;

    public Status Status => status;
}
