using Google.Rpc;
using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Transcoding.Errors;

/// <summary>The HTTP status of each status of a call, as google/rpc/code.proto names them.</summary>
internal static class HttpStatusMap
{
    public static int Of(int code) => (Code)code switch
    {
        Code.Ok => StatusCodes.Status200OK,
        Code.Cancelled => StatusCodes.Status499ClientClosedRequest,
        Code.InvalidArgument or Code.FailedPrecondition or Code.OutOfRange => StatusCodes.Status400BadRequest,
        Code.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        Code.NotFound => StatusCodes.Status404NotFound,
        Code.AlreadyExists or Code.Aborted => StatusCodes.Status409Conflict,
        Code.PermissionDenied => StatusCodes.Status403Forbidden,
        Code.Unauthenticated => StatusCodes.Status401Unauthorized,
        Code.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        Code.Unimplemented => StatusCodes.Status501NotImplemented,
        Code.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
