using Microsoft.AspNetCore.Http;
using ServersGrpc.Rpc.Server;

namespace Grpc.Core;

/// <summary>Leads from a call to its HTTP request.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>The HTTP request that carries the call.</summary>
    /// <exception cref="InvalidOperationException">The call did not come over HTTP, as in a test of a method alone.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        if (serverCallContext is HttpServerCallContext call)
            return call.HttpContext;
        return serverCallContext.UserState.TryGetValue(HttpServerCallContext.HttpContextKey, out var http)
            ? (HttpContext)http
            : throw new InvalidOperationException("The call has no HttpContext.");
    }
}
