using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Server;

/// <summary>Takes what no other endpoint takes: gRPC calls of unknown methods, and whatever the REST face answers.</summary>
internal sealed class RpcDispatcher(IServiceProvider root)
{
    // Not before the first request: by then every service is mapped.
    private readonly Lazy<RequestDelegate> _fallback = new(() => root.GetService<RpcFallback>()?.Invoke ?? NotFound);

    public Task InvokeAsync(HttpContext http)
    {
        if (!GrpcContentType.Is(http.Request.ContentType))
            return _fallback.Value(http);
        TrailersOnly.Write(http.Response, new Status(StatusCode.Unimplemented, $"Unknown method {http.Request.Path}."));
        return Task.CompletedTask;
    }

    private static Task NotFound(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
