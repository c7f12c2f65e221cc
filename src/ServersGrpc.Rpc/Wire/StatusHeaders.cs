using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Wire;

/// <summary>The status of a call, among the headers or the trailers that end it.</summary>
internal static class StatusHeaders
{
    /// <param name="headers">Where the status goes.</param>
    /// <param name="status">The status; a text that is too long is cut.</param>
    /// <param name="details">It as a google.rpc.Status, encoded; shortened where it is too large. Null for none.</param>
    public static void Set(IHeaderDictionary headers, Status status, byte[]? details = null)
    {
        headers.GrpcStatus = CodeText.Of(status.StatusCode);
        var message = status.Detail ?? "";
        if (details is null)
            message = GrpcMessageEncoding.Encode(message);
        else
            (message, details) = ErrorDetails.Fit(message, details);
        if (message.Length > 0)
            headers.GrpcMessage = message;
        if (details is not null)
            headers[MetadataExtensions.DetailsKey] = MetadataHeaders.Encode(details);
    }
}
