namespace ServersGrpc.Rpc.Transcoding.Routing;

/// <summary>
/// The raw path of a request, split but not decoded: decoding first would take an escaped slash for a separator.
/// </summary>
internal readonly struct RequestPath
{
    private RequestPath(string[] segments)
    {
        Segments = segments;
        BeforeVerb = segments;
        var last = segments[^1];
        var colon = last.LastIndexOf(':');
        Verb = colon < 0 ? "" : last[(colon + 1)..];
        if (Verb.Length > 0)
            BeforeVerb = [.. segments[..^1], last[..colon]];
    }

    public string[] Segments { get; }

    /// <summary>What follows the last colon of the last segment: a verb, if there is a route that has it.</summary>
    public string Verb { get; }

    /// <summary>The segments without the verb.</summary>
    public string[] BeforeVerb { get; }

    /// <summary>Splits a request target: its path and its raw query ("" where there is none).</summary>
    /// <returns>False when the target has no path, as that of "OPTIONS *".</returns>
    public static bool TryParse(string target, out RequestPath path, out string query)
    {
        path = default;
        query = "";
        var start = 0;
        if (!target.StartsWith('/'))
        {
            // The absolute form, as sent to proxies: http://host/path.
            var scheme = target.IndexOf("://", StringComparison.Ordinal);
            start = scheme < 0 ? -1 : target.IndexOf('/', scheme + 3);
            if (start < 0)
                return false;
        }
        var question = target.IndexOf('?', start);
        if (question >= 0)
            query = target[(question + 1)..];
        path = new RequestPath(Split(target.AsSpan((start + 1)..(question < 0 ? target.Length : question))));
        return true;
    }

    private static string[] Split(ReadOnlySpan<char> path)
    {
        var segments = new string[path.Count('/') + 1];
        var index = 0;
        foreach (var segment in path.Split('/'))
            segments[index++] = path[segment].ToString();
        return segments;
    }
}
