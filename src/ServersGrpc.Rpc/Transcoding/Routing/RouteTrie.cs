namespace ServersGrpc.Rpc.Transcoding.Routing;

/// <summary>
/// Finds the route of a method and a path. Literals win over "*", "*" over "**", a verb over a segment with a colon; where the winner
/// has not the method, the next best that has it answers.
/// </summary>
internal sealed class RouteTrie<T>
    where T : class
{
    /// <summary>Stands for every method, as the custom kind "*" of an HTTP rule does.</summary>
    public const string AnyMethod = "*";

    private readonly RouteNode<T> _root = new();
    private readonly HashSet<string> _verbs = new(StringComparer.Ordinal);

    /// <summary>Adds a route.</summary>
    /// <returns>The route that answers the same method and paths already and stays; null when this one was added.</returns>
    public T? Add(string method, PathTemplate template, T route)
    {
        var node = _root;
        var ends = node.Ends;
        foreach (var segment in template.Segments)
        {
            if (segment.Kind == PathSegmentKind.Rest)
            {
                ends = node.RestEnds;
                break;
            }
            node = segment.Kind == PathSegmentKind.One ? node.One ??= new() : Literal(node, segment.Text);
            ends = node.Ends;
        }
        _verbs.Add(template.Verb);
        if (!ends.TryGetValue(template.Verb, out var routes))
            ends.Add(template.Verb, routes = new Dictionary<string, T>(StringComparer.Ordinal));
        return routes.TryAdd(method, route) ? null : routes[method];
    }

    public RouteSearch<T> Find(string method, RequestPath path)
    {
        var search = new RouteSearch<T>(method, path);
        if (path.Verb.Length > 0 && _verbs.Contains(path.Verb))
            Walk(_root, path.BeforeVerb, 0, path.Verb, ref search);
        if (search.Route is null)
            Walk(_root, path.Segments, 0, "", ref search);
        return search;
    }

    private static void Walk(RouteNode<T> node, string[] segments, int index, string verb, ref RouteSearch<T> search)
    {
        if (index == segments.Length)
        {
            search.Consider(node.Ends, verb);
        }
        else
        {
            var segment = segments[index];
            // An encoding that is no valid one fits no literal. As a variable it is refused when it is read.
            if (PercentEncoding.TryDecode(segment, keepSlashes: false, out var decoded)
                && node.Literals.TryGetValue(decoded, out var literal))
            {
                Walk(literal, segments, index + 1, verb, ref search);
            }
            if (search.Route is null && node.One is { } one && segment.Length > 0)
                Walk(one, segments, index + 1, verb, ref search);
        }
        if (search.Route is null)
            search.Consider(node.RestEnds, verb);
    }

    private static RouteNode<T> Literal(RouteNode<T> node, string text)
    {
        if (!node.Literals.TryGetValue(text, out var next))
            node.Literals.Add(text, next = new RouteNode<T>());
        return next;
    }
}
