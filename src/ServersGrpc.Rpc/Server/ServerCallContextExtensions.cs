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

    /// <summary>
    /// Sets a header of the answer, which is sent with the first response or the status. On the HttpContext itself that is not safe: the
    /// deadline may end the call beside the method, and sends the headers then.
    /// </summary>
    /// <returns>False when they are sent, or the call came by no HTTP; then nothing is set.</returns>
    public static bool TrySetResponseHeader(this ServerCallContext serverCallContext, string name, string value) =>
        serverCallContext is HttpServerCallContext call && call.TrySetResponseHeader(name, value);
}
