namespace ServersGrpc.Rpc.Transcoding.Routing;

/// <summary>What may follow a path so far.</summary>
internal sealed class RouteNode<T>
    where T : class
{
    public Dictionary<string, RouteNode<T>> Literals { get; } = new(StringComparer.Ordinal);

    /// <summary>Where any one segment leads.</summary>
    public RouteNode<T>? One { get; set; }

    /// <summary>What answers when the path ends here, by verb, then by HTTP method.</summary>
    public Dictionary<string, Dictionary<string, T>> Ends { get; } = new(StringComparer.Ordinal);

    /// <summary>What answers whatever follows, likewise.</summary>
    public Dictionary<string, Dictionary<string, T>> RestEnds { get; } = new(StringComparer.Ordinal);
}
