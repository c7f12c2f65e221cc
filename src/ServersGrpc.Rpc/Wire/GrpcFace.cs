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
            http.Response.Headers.Allow = HttpMethods.Post;
            return Refuse(http, StatusCodes.Status405MethodNotAllowed);
        }

        if (!GrpcContentType.IsServed(http.Request.ContentType))
            return Refuse(http, StatusCodes.Status415UnsupportedMediaType);
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            http.Response.Headers.Upgrade = "h2c";
            return Refuse(http, StatusCodes.Status426UpgradeRequired);
        }

        var headers = http.Request.Headers;
        TimeSpan? timeout = null;
        if (headers.GrpcTimeout is [{ } timeoutText, ..])
        {
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
            if (method.Method.Type != MethodType.Unary)
            {
                LiftRequestLimits(call.HttpContext);
                stopping = lifetime.ApplicationStopping;
            }

            call.CancelAfter(timeout, stopping, time);
            Status status;
            try
            {
                // Nobody may ever look at the headers, and bytes that are none must fail the call all the same.
                if (HeaderMetadata.HasBinary(call.HttpContext.Request.Headers))
                    _ = call.RequestHeaders;
                await method.ServeAsync(call);
                status = call.DeadlineHasPassed ? FaultMapper.StatusOf(CancellationCause.DeadlinePassed) : call.Status;
            }
            catch (Exception fault)
            {
                status = faults.ToStatus(fault, call);
            }

            call.End(status, logger);
        }
    }

    /// <summary>A stream may be long and slow; each of its messages is limited by itself.</summary>
    private static void LiftRequestLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private static Task Refuse(HttpContext http, int statusCode)
    {
        http.Response.StatusCode = statusCode;
        return Task.CompletedTask;
    }

    private static Task Refuse(HttpContext http, StatusCode code, string message) => Refuse(http, new Status(code, message));

    private static Task Refuse(HttpContext http, Status status)
    {
        TrailersOnly.Write(http.Response, status);
        return Task.CompletedTask;
    }
}
