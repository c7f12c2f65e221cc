namespace ServersGrpc.Rpc.Transcoding.Routing;

/// <summary>What of a request's target the route reads: its segments and its query, both raw.</summary>
internal sealed record RouteMatch(string[] Segments, string Query);
