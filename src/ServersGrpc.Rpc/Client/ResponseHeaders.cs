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
    /// <summary>Whether the call ended with these headers: with a status in them, or as an HTTP answer that knows of no status.</summary>
    public static bool IsEnd(HttpResponseMessage response) => !IsGrpc(response) || HasStatus(response.Headers);

    public static bool IsGzip(HttpResponseMessage response) =>
        response.Headers.TryGetValues("grpc-encoding", out var encodings) && encodings.Contains(GzipMessage.Name);

    /// <summary>The status that the server gave, or that its HTTP status means where it gave none.</summary>
    public static Status StatusOf(HttpResponseMessage response)
    {
        if (!IsGrpc(response) && !HasStatus(response.Headers))
            return StatusOfOther(response);
        var source = TrailerSource(response);
        if (source.TryGetValues("grpc-status", out var codes)
            && int.TryParse(codes.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            var detail = source.TryGetValues("grpc-message", out var messages) ? GrpcMessageEncoding.Decode(messages.First()) : "";
            return new Status((StatusCode)code, detail);
        }

        return new Status(StatusCode.Internal, "The response ended without a status.");
    }

    /// <summary>What came beside the status.</summary>
    public static Metadata TrailersOf(HttpResponseMessage response) => ToMetadata(TrailerSource(response));

    /// <summary>What the server says of another attempt; null where it says nothing.</summary>
    public static string? PushbackOf(HttpResponseMessage response) =>
        TrailerSource(response).TryGetValues("grpc-retry-pushback-ms", out var values) ? values.First() : null;

    public static Metadata ToMetadata(HttpResponseHeaders headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (key, values) in headers)
            if (key is not ("grpc-status" or "grpc-message"))
                dictionary[key] = values.ToArray();
        return HeaderMetadata.Read(dictionary);
    }

    /// <summary>What an answer means that is no gRPC one: that of a proxy, say.</summary>
    private static Status StatusOfOther(HttpResponseMessage response)
    {
        var what = response.StatusCode == HttpStatusCode.OK
            ? $"with the content type \"{response.Content.Headers.ContentType}\", which is not gRPC"
            : $"HTTP {(int)response.StatusCode}";
        return new Status(CodeOf(response.StatusCode), $"The server answered {what}.");
    }

    private static HttpResponseHeaders TrailerSource(HttpResponseMessage response) =>
        HasStatus(response.Headers) ? response.Headers : response.TrailingHeaders;

    private static bool IsGrpc(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.OK && GrpcContentType.Is(response.Content.Headers.ContentType?.ToString());

    private static bool HasStatus(HttpResponseHeaders headers) => headers.Contains("grpc-status");

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
