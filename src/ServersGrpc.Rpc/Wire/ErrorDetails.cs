using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace ServersGrpc.Rpc.Wire;

/// <summary>
/// Bounds what an error says in headers. A client that finds them too large drops the whole answer, the status with it, and most take 8 KiB.
/// </summary>
internal static class ErrorDetails
{
    // As they cross the wire: message and details together, and the message of an error that has to be shortened.
    private const int MaxSize = 6 * 1024;
    private const int MaxMessageSize = 1536;

    // What an Any adds to a BadRequest, and a BadRequest to a violation, at most.
    private const int AnyOverhead = 64;
    private const int ViolationOverhead = 4;

    /// <summary>
    /// The text and the details of an error as they fit. Both say the same text, for clients compare them. Details that do not fit are left
    /// out, with all after them, but that a BadRequest keeps the violations that fit.
    /// </summary>
    /// <param name="message">The text of the error.</param>
    /// <param name="details">A google.rpc.Status, encoded.</param>
    /// <returns>The text as a header, and the details, which are null where they are too large and no google.rpc.Status.</returns>
    public static (string Message, byte[]? Details) Fit(string message, byte[] details)
    {
        var encoded = GrpcMessageEncoding.Encode(message);
        if (encoded.Length + HeaderSize(details.Length) <= MaxSize && GrpcMessageEncoding.Decode(encoded) == message)
            return (encoded, details);
        if (MetadataExtensions.ParseStatus(details, ignoreParseError: true) is not { } status)
            return (encoded, null);
        encoded = GrpcMessageEncoding.Encode(message, MaxMessageSize);
        var shortened = new Status { Code = status.Code, Message = GrpcMessageEncoding.Decode(encoded) };
        AddFitting(shortened, status.Details, (MaxSize - encoded.Length) / 4 * 3);
        return (encoded, shortened.ToByteArray());
    }

    private static void AddFitting(Status status, IEnumerable<Any> details, int maxSize)
    {
        foreach (var detail in details)
        {
            status.Details.Add(detail);
            if (status.CalculateSize() <= maxSize)
                continue;
            status.Details.RemoveAt(status.Details.Count - 1);
            if (detail.Is(BadRequest.Descriptor))
                AddFitting(status, detail.Unpack<BadRequest>(), maxSize);
            return;
        }
    }

    private static void AddFitting(Status status, BadRequest request, int maxSize)
    {
        var room = maxSize - status.CalculateSize() - AnyOverhead;
        var shortened = new BadRequest();
        foreach (var violation in request.FieldViolations)
        {
            room -= violation.CalculateSize() + ViolationOverhead;
            if (room < 0)
                break;
            shortened.FieldViolations.Add(violation);
        }

        if (shortened.FieldViolations.Count > 0)
            status.Details.Add(Any.Pack(shortened));
    }

    /// <summary>The size in base64.</summary>
    private static long HeaderSize(int length) => (length * 4L / 3) + 2;
}
