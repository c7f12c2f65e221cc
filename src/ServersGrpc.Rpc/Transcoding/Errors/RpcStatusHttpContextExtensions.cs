using Google.Rpc;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Rpc.Transcoding.Errors;

namespace Microsoft.AspNetCore.Http;

/// <summary>Lets an application's own endpoints and middleware fail as the services do.</summary>
public static class RpcStatusHttpContextExtensions
{
    /// <summary>
    /// Answers the request with an error: a gRPC request with the status in its trailers, any other with the HTTP status that belongs to
    /// it and the status as JSON. An ErrorInfo with the configured domain is added if there is none.
    /// </summary>
    /// <param name="http">A request whose response has not started.</param>
    /// <param name="status">What went wrong; its code is not OK.</param>
    /// <param name="cancellationToken">Ends the sending.</param>
    public static Task WriteRpcStatusAsync(this HttpContext http, Status status, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(status);
        return http.RequestServices.GetRequiredService<RpcStatusResponder>().AnswerAsync(http, status, cancellationToken);
    }
}
