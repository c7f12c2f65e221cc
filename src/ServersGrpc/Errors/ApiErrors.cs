using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Errors;

/// <summary>What callers are told when something fails: the documented statuses, reasons and details.</summary>
internal static class ApiErrors
{
    /// <summary>How many bad fields a status names: more are of no more use to the caller, and they cross the wire in a header.</summary>
    public const int MostViolations = 20;

    /// <summary>When to come back while the database is in trouble.</summary>
    private static readonly TimeSpan StoreRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>The status that a domain error is, or null for one that callers have no business with.</summary>
    public static Google.Rpc.Status? From(Exception exception) => exception switch
    {
        ServerNotFoundException e => RpcStatuses.Create(StatusCode.NotFound, e.Message, "SERVER_NOT_FOUND", ("name", e.Name)),
        NameTakenException e => RpcStatuses.Create(StatusCode.AlreadyExists, e.Message, "NAME_TAKEN", ("name", e.Name)),
        EtagMismatchException e => RpcStatuses.Create(StatusCode.Aborted, e.Message, "ETAG_MISMATCH", ("name", e.Name), ("etag", e.Current)),
        RequestIdReusedException e => RpcStatuses.Create(StatusCode.Aborted, e.Message, "REQUEST_ID_REUSED", ("request_id", e.RequestId), ("name", e.Name)),
        ServerLimitException e => RpcStatuses.Create(StatusCode.ResourceExhausted, e.Message, "SERVER_LIMIT_REACHED", ("limit", $"{e.Limit}")),
        AccessDeniedException e => RpcStatuses.Create(StatusCode.PermissionDenied, e.Message, "OUT_OF_SCOPE"),
        InvalidRequestException e => Invalid(e),
        ServerNotRunningException e => RpcStatuses.Create(
            StatusCode.FailedPrecondition, e.Message, "SERVER_NOT_RUNNING", ("name", e.Name), ("state", ServerStates.Name(e.State))),
        RotationNotSupportedException e => RpcStatuses.Create(
            StatusCode.FailedPrecondition, e.Message, "ROTATION_NOT_SUPPORTED", ("name", e.Name), ("provider", e.Provider)),
        RotationRefusedException e => RpcStatuses.Create(StatusCode.FailedPrecondition, e.Message, "ROTATION_REFUSED", ("name", e.Name)),
        RotationPendingException e => RpcStatuses.Create(StatusCode.DeadlineExceeded, e.Message, "ROTATION_PENDING", ("name", e.Name)),
        RevisionExpiredException e => RpcStatuses.Create(StatusCode.OutOfRange, e.Message, "REVISION_EXPIRED", ("oldest_revision", $"{e.Oldest}")),
        SlowReaderException e => RpcStatuses.Create(StatusCode.ResourceExhausted, e.Message, "READER_TOO_SLOW"),
        StoreUnavailableException e => Unavailable(e),
        _ => null,
    };

    /// <summary>Of a call that waits while the service stops.</summary>
    public static Google.Rpc.Status Stopping(string whatOfIt) =>
        RpcStatuses.Create(StatusCode.Unavailable, $"The service is shutting down. {whatOfIt}", "SERVICE_STOPPING");

    private static Google.Rpc.Status Invalid(InvalidRequestException exception)
    {
        var status = RpcStatuses.Create(StatusCode.InvalidArgument, exception.Message, "INVALID_ARGUMENT");
        var request = new BadRequest();
        request.FieldViolations.AddRange(exception.Violations.Take(MostViolations).Select(
            violation => new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description }));
        status.Details.Add(Any.Pack(request));
        return status;
    }

    private static Google.Rpc.Status Unavailable(StoreUnavailableException exception) =>
        RpcStatuses.Create(StatusCode.Unavailable, $"{exception.Message} Try again.", "STORE_UNAVAILABLE").WithRetry(StoreRetryDelay);
}
