namespace ServersGrpc.Rpc.Transcoding.Routing;

/// <summary>What a search through the trie has found.</summary>
internal struct RouteSearch<T>(string method, RequestPath path)
    where T : class
{
    private SortedSet<string>? _allowed;

    /// <summary>The route that answers; null when none does.</summary>
    public T? Route { get; private set; }

    /// <summary>The path's segments as the route counts them.</summary>
    public string[] Segments { get; private set; } = path.Segments;

    /// <summary>The methods that the path has, when it has not the one asked for; null when there is no such path.</summary>
    public readonly IReadOnlyCollection<string>? Allowed => Route is null ? _allowed : null;

    public void Consider(Dictionary<string, Dictionary<string, T>> ends, string verb)
    {
        if (!ends.TryGetValue(verb, out var routes))
            return;
        if (routes.TryGetValue(method, out var route)
            || (method == "HEAD" && routes.TryGetValue("GET", out route))
            || routes.TryGetValue(RouteTrie<T>.AnyMethod, out route))
        {
            Route = route;
            Segments = verb.Length > 0 ? path.BeforeVerb : path.Segments;
            return;
        }
        _allowed ??= new SortedSet<string>(StringComparer.Ordinal);
        _allowed.UnionWith(routes.Keys);
        if (routes.ContainsKey("GET"))
            _allowed.Add("HEAD");
    }
}
