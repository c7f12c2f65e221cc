using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Transcoding;

/// <summary>Where a route leads: the endpoint, and the method it is of, for the errors of start.</summary>
internal sealed record TranscodedRoute(string MethodName, Endpoint Endpoint);
