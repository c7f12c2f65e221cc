using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace ServersGrpc.Rpc.Transcoding.Errors;

/// <summary>The google.rpc.Status of an error, complete with its ErrorInfo.</summary>
internal static class RichStatus
{
    /// <summary>A call's status with the details of its trailers, if these belong to it.</summary>
    public static Status Of(Grpc.Core.Status status, Metadata trailers)
    {
        var code = (int)status.StatusCode;
        // Details of another protocol are none: the status itself is known all the same.
        if (trailers.GetRpcStatus(ignoreParseError: true) is { } rich && rich.Code == code)
            return rich;
        return new Status { Code = code, Message = status.Detail ?? "" };
    }

    /// <summary>The status with an ErrorInfo in front of its details, unless it has one.</summary>
    public static Status WithErrorInfo(Status status, string domain)
    {
        if (status.Details.Any(detail => detail.Is(ErrorInfo.Descriptor)))
            return status;
        var complete = new Status { Code = status.Code, Message = status.Message };
        complete.Details.Add(Any.Pack(new ErrorInfo { Reason = NameOf(status.Code), Domain = domain }));
        complete.Details.Add(status.Details);
        return complete;
    }

    /// <summary>How long the caller should wait, if the status says it.</summary>
    public static TimeSpan? RetryDelay(Status status)
    {
        var detail = status.Details.FirstOrDefault(detail => detail.Is(RetryInfo.Descriptor));
        return detail?.Unpack<RetryInfo>().RetryDelay?.ToTimeSpan();
    }

    private static string NameOf(int code) =>
        CodeReflection.Descriptor.EnumTypes[0].FindValueByNumber(code)?.Name ?? nameof(Code.Unknown).ToUpperInvariant();
}
