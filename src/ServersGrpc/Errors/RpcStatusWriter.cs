using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Net.Http.Headers;
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;
using HttpResponse = Microsoft.AspNetCore.Http.HttpResponse;

namespace ServersGrpc.Errors;

/// <summary>Answers a request with a status, on whichever face it came: what ends a request before its method, or has no method.</summary>
internal static class RpcStatusWriter
{
    public const string DetailsHeader = "grpc-status-details-bin";

    private const string GrpcContentType = "application/grpc";

    private static readonly JsonFormatter Json =
        new(new JsonFormatter.Settings(formatDefaultValues: true, TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor)));

    // As transcoding writes it, without blanks.
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether the request is a gRPC call. A gRPC-Web call looks like one behind its middleware; REST takes bodies of any type.</summary>
    public static bool IsGrpc(this HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.ContentType is { } type
        && type.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == GrpcContentType.Length || type[GrpcContentType.Length] is '+' or ';')
        && request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is null;

    /// <summary>Writes the whole answer.</summary>
    /// <param name="http">The request, whose answer has not begun.</param>
    /// <param name="status">What is wrong.</param>
    /// <param name="httpStatus">The HTTP status over REST; null: the one that belongs to the code.</param>
    public static Task WriteRpcStatusAsync(this HttpContext http, Google.Rpc.Status status, int? httpStatus = null)
    {
        if (http.Request.IsGrpc())
        {
            WriteTrailersOnly(http.Response, status.FittingHeaders());
            return Task.CompletedTask;
        }
        http.Response.StatusCode = httpStatus ?? RpcStatuses.HttpStatusOf((StatusCode)status.Code);
        http.Response.AddErrorHeaders(status);
        http.Response.ContentType = "application/json";
        var body = Encoding.UTF8.GetBytes(ToJson(status));
        http.Response.ContentLength = body.Length;
        // No token: of a caller that has gone the server knows by itself.
        return http.Response.BodyWriter.WriteAsync(body, CancellationToken.None).AsTask();
    }

    /// <summary>The status as REST callers read it.</summary>
    public static string ToJson(Google.Rpc.Status status) => JsonNode.Parse(Json.Format(status))!.ToJsonString(Compact);

    /// <summary>Says in headers what HTTP callers look for there: when to come back, and that a token is needed.</summary>
    public static void AddErrorHeaders(this HttpResponse response, Google.Rpc.Status status)
    {
        response.Headers.CacheControl = "no-store";
        if (status.GetDetail<RetryInfo>() is { } retry)
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(retry.RetryDelay.ToTimeSpan().TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (status.Code == (int)Code.Unauthenticated)
            response.Headers.WWWAuthenticate = "Bearer";
    }

    private static void WriteTrailersOnly(HttpResponse response, Google.Rpc.Status status)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = GrpcContentType;
        response.Headers[HeaderNames.GrpcStatus] = status.Code.ToString(CultureInfo.InvariantCulture);
        response.Headers[HeaderNames.GrpcMessage] = PercentEncode(status.Message);
        response.Headers[DetailsHeader] = Convert.ToBase64String(status.ToByteArray());
    }

    // The protocol's own escape: no package offers it.
    private static string PercentEncode(string message)
    {
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return text.ToString();
    }
}
