using ServersGrpc.Rpc.Transcoding.Routing;

namespace ServersGrpc.Rpc.OpenApi;

/// <summary>A wildcard of a path.</summary>
/// <param name="Name">Its own name for it.</param>
/// <param name="Variable">The variable that it is in; null outside of all.</param>
/// <param name="TakesRest">Whether it may be any number of segments.</param>
internal sealed record PathParameter(string Name, PathVariable? Variable, bool TakesRest)
{
    /// <summary>Whether it is all that its variable holds.</summary>
    public bool IsWhole => Variable is { Count: 1 };
}
