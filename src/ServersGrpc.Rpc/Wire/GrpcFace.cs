using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServersGrpc.Rpc.Server;

namespace ServersGrpc.Rpc.Wire;

/// <summary>Answers gRPC calls of methods that exist. The one place where a call's faults are caught.</summary>
internal sealed class GrpcFace(
    IOptions<GrpcServiceOptions> options,
    FaultMapper faults,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<GrpcFace> logger)
{
    private readonly GrpcServiceOptions _options = options.Value;

    public Task InvokeAsync(HttpContext http, BoundMethod method)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = HttpMethods.Post;
            return Task.CompletedTask;
        }

        if (!GrpcContentType.IsServed(http.Request.ContentType))
            return Refuse(http, StatusCodes.Status415UnsupportedMediaType, $"Content-Type '{http.Request.ContentType}' is not supported.");
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol) && !HasTrailers(http))
        {
            http.Response.Headers.Upgrade = "h2c";
            http.Response.Headers.Connection = "Upgrade, keep-alive";
            return Refuse(http, StatusCodes.Status426UpgradeRequired, $"Request protocol '{http.Request.Protocol}' is not supported.");
        }

        var headers = http.Request.Headers;
        TimeSpan? timeout = null;
        if (headers.GrpcTimeout is { Count: > 0 } timeouts)
        {
            // More than one, joined, are as malformed as any other.
            var timeoutText = timeouts.ToString();
            if (!GrpcTimeout.TryParse(timeoutText, out var parsed))
            {
                http.Response.StatusCode = StatusCodes.Status400BadRequest;
                return Refuse(http, StatusCode.Internal, $"The grpc-timeout \"{timeoutText}\" is not 1 to 8 digits and one of H, M, S, m, u, n.");
            }

            // Over before it began: what nobody waits for must have no effect.
            if (parsed == TimeSpan.Zero)
                return Refuse(http, FaultMapper.StatusOf(CancellationCause.DeadlinePassed));
            timeout = parsed;
        }

        string? encoding = headers.GrpcEncoding;
        if (encoding is not (null or "identity" or GzipMessage.Name))
        {
            http.Response.Headers.GrpcAcceptEncoding = "identity,gzip";
            return Refuse(http, StatusCode.Unimplemented, $"The grpc-encoding \"{encoding}\" is not supported.");
        }

        return ServeAsync(new GrpcCall(http, method.Method, _options, encoding == GzipMessage.Name), method, timeout);
    }

    private async Task ServeAsync(GrpcCall call, BoundMethod method, TimeSpan? timeout)
    {
        using (call)
        {
            call.HttpContext.Response.ContentType = GrpcContentType.Default;
            var stopping = CancellationToken.None;
            LiftSizeLimit(call.HttpContext);
            if (method.Method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming)
                LiftRateLimit(call.HttpContext);
            if (method.Method.Type != MethodType.Unary)
                stopping = lifetime.ApplicationStopping;

            call.CancelAfter(timeout, stopping, time);
            Status status;
            try
            {
                // Nobody may ever look at the headers, and bytes that are none must fail the call all the same.
                if (HeaderMetadata.HasBinary(call.HttpContext.Request.Headers))
                    _ = call.RequestHeaders;
                await method.ServeAsync(call);
                status = call.Status;
            }
            catch (Exception fault)
            {
                status = faults.ToStatus(fault, call);
            }

            await call.EndAsync(status, logger);
            await call.DrainAsync();
        }
    }

    /// <summary>What the protocol needs of HTTP/2. gRPC-Web has trailers of its own, over every HTTP.</summary>
    private static bool HasTrailers(HttpContext http) => http.Features.Get<IHttpResponseTrailersFeature>() is not null;

    /// <summary>Each message is limited by itself, and the limit has its own status.</summary>
    private static void LiftSizeLimit(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
    }

    /// <summary>A stream of requests may be slow.</summary>
    private static void LiftRateLimit(HttpContext http)
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    /// <summary>An answer in HTTP's own terms, which tells a gRPC client why all the same.</summary>
    private static Task Refuse(HttpContext http, int statusCode, string message)
    {
        http.Response.StatusCode = statusCode;
        StatusHeaders.Set(http.Response.Headers, new Status(StatusCode.Internal, message));
        return Task.CompletedTask;
    }

    private static Task Refuse(HttpContext http, StatusCode code, string message) => Refuse(http, new Status(code, message));

    private static Task Refuse(HttpContext http, Status status)
    {
        TrailersOnly.Write(http.Response, status);
        return Task.CompletedTask;
    }
}
