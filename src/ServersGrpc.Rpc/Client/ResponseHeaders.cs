using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Client;

/// <summary>Reads what HTTP response headers say of a call.</summary>
internal static class ResponseHeaders
{
    public static bool IsTrailersOnly(HttpResponseMessage response) => response.Headers.Contains("grpc-status");

    public static bool IsGzip(HttpResponseMessage response) =>
        response.Headers.TryGetValues("grpc-encoding", out var encodings) && encodings.Contains(GzipMessage.Name);

    /// <summary>The status that the server gave, or that its HTTP status means where it gave none.</summary>
    public static Status StatusOf(HttpResponseMessage response)
    {
        var source = IsTrailersOnly(response) ? response.Headers : response.TrailingHeaders;
        if (source.TryGetValues("grpc-status", out var codes)
            && int.TryParse(codes.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            var detail = source.TryGetValues("grpc-message", out var messages) ? GrpcMessageEncoding.Decode(messages.First()) : "";
            return new Status((StatusCode)code, detail);
        }

        return response.StatusCode == HttpStatusCode.OK
            ? new Status(StatusCode.Internal, "The response ended without a status.")
            : new Status(CodeOf(response.StatusCode), $"The server answered HTTP {(int)response.StatusCode}.");
    }

    public static Metadata ToMetadata(HttpResponseHeaders headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (key, values) in headers)
            if (key is not ("grpc-status" or "grpc-message"))
                dictionary[key] = values.ToArray();
        return HeaderMetadata.Read(dictionary);
    }

    private static StatusCode CodeOf(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}
