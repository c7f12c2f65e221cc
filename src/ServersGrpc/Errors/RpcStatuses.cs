using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace ServersGrpc.Errors;

/// <summary>Makes and reads the rich statuses that every error is told by.</summary>
internal static class RpcStatuses
{
    /// <summary>The domain of every ErrorInfo.</summary>
    public const string Domain = "servers-grpc";

    // The text crosses the wire twice, once percent-encoded, and all of it as base64.
    private const int MostInHeaders = 3072;
    private const int MostEncodedText = 2048;

    public static Google.Rpc.Status Create(
        StatusCode code, string message, string reason, params ReadOnlySpan<(string Key, string Value)> metadata)
    {
        var info = new ErrorInfo { Reason = reason, Domain = Domain };
        foreach (var (key, value) in metadata)
            info.Metadata.Add(key, value);
        return new() { Code = (int)code, Message = message, Details = { Any.Pack(info) } };
    }

    /// <summary>Of a gRPC message that can't be read.</summary>
    public static Google.Rpc.Status Fault() => Create(StatusCode.Unknown, "The service failed. Its log says why.", "UNKNOWN");

    public static Google.Rpc.Status UnreadableMessage() => Create(
        StatusCode.InvalidArgument,
        "The message is no valid protobuf message of the method's request; all text must be UTF-8.", "MESSAGE_UNREADABLE");

    /// <summary>The same, with when to come back.</summary>
    public static Google.Rpc.Status WithRetry(this Google.Rpc.Status status, TimeSpan delay)
    {
        status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        return status;
    }

    /// <summary>
    /// The status as it fits into the headers of a gRPC answer: a client that finds them too large, at 8 KiB as a rule, drops the answer.
    /// Its text is cut, and the last field violations are left out.
    /// </summary>
    public static Google.Rpc.Status FittingHeaders(this Google.Rpc.Status status)
    {
        if (status.CalculateSize() <= MostInHeaders && FittingLength(status.Message) == status.Message.Length)
            return status;
        var shortened = new Google.Rpc.Status { Code = status.Code, Message = Cut(status.Message) };
        foreach (var detail in status.Details)
        {
            if (!detail.TryUnpack(out BadRequest request))
            {
                shortened.Details.Add(detail);
                continue;
            }
            while (request.FieldViolations.Count > 0 && shortened.CalculateSize() + request.CalculateSize() > MostInHeaders)
                request.FieldViolations.RemoveAt(request.FieldViolations.Count - 1);
            shortened.Details.Add(Any.Pack(request));
        }
        return shortened;
    }

    private static string Cut(string message) =>
        FittingLength(message) is var length && length < message.Length ? message[..length] + " …" : message;

    /// <summary>How much of a text, in whole characters, fits once it is percent-encoded.</summary>
    private static int FittingLength(string message)
    {
        var (length, encoded) = (0, 0);
        foreach (var rune in message.EnumerateRunes())
        {
            encoded += rune.IsAscii && rune.Value != '%' ? 1 : 3 * rune.Utf8SequenceLength;
            if (encoded > MostEncodedText)
                break;
            length += rune.Utf16SequenceLength;
        }
        return length;
    }

    /// <summary>The rich status of an exception; one that has no details gets an ErrorInfo whose reason is the name of its code.</summary>
    public static Google.Rpc.Status ToRichStatus(this RpcException exception)
    {
        if (exception.GetRpcStatus() is { } status && status.GetDetail<ErrorInfo>() is not null)
            return status;
        return Create(exception.StatusCode, exception.Status.Detail, ReasonOf(exception.StatusCode));
    }

    /// <summary>The name of a code as the protocol spells it, such as NOT_FOUND.</summary>
    public static string ReasonOf(StatusCode code) =>
        CodeReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(Code)).FindValueByNumber((int)code)?.Name ?? "UNKNOWN";

    /// <summary>The HTTP status of a code, as google/rpc/code.proto and the transcoding have it.</summary>
    public static int HttpStatusOf(StatusCode code) => code switch
    {
        StatusCode.OK => StatusCodes.Status200OK,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.Cancelled => StatusCodes.Status408RequestTimeout,
        StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
