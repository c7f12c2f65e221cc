using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Server;

/// <summary>
/// Gives each gRPC call its endpoint, by its exact path. Within ASP.NET's routing every call would also fit the fallback, and candidates
/// would be collected and compared for each.
/// </summary>
internal sealed class GrpcRoutes
{
    // Paths are compared as they are: gRPC paths have a case.
    private readonly Dictionary<string, Endpoint> _endpoints = new(StringComparer.Ordinal);

    public void Add(string path, Endpoint endpoint) => _endpoints.Add(path, endpoint);

    public void Route(HttpContext http)
    {
        if (http.Request.Path.Value is { } path && _endpoints.TryGetValue(path, out var endpoint))
            http.SetEndpoint(endpoint);
    }
}
