using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace ServersGrpc.Rpc.Transcoding.Errors;

/// <summary>The google.rpc.Status of an error, complete with its ErrorInfo.</summary>
internal static class RichStatus
{
    /// <summary>The trailer in which a method's status carries its details.</summary>
    public const string DetailsKey = "grpc-status-details-bin";

    /// <summary>A call's status with the details of its trailers, if these belong to it.</summary>
    public static Status Of(Grpc.Core.Status status, Metadata trailers)
    {
        var code = (int)status.StatusCode;
        if (trailers.GetValueBytes(DetailsKey) is { } bytes && TryParse(bytes) is { } rich && rich.Code == code)
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

    private static Status? TryParse(byte[] bytes)
    {
        try
        {
            return Status.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            // Not the details of this protocol. The status itself is known all the same.
            return null;
        }
    }

    private static string NameOf(int code) =>
        CodeReflection.Descriptor.EnumTypes[0].FindValueByNumber(code)?.Name ?? nameof(Code.Unknown).ToUpperInvariant();
}
