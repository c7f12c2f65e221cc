using Microsoft.Net.Http.Headers;

namespace ServersGrpc.Auth.Authentication;

/// <summary>Tells requests that a browser makes for a page of another site: by what it says of that itself, which no page can change.</summary>
internal static class CrossSite
{
    private const string FetchSite = "Sec-Fetch-Site";

    public static bool Is(HttpRequest request)
    {
        var site = request.Headers[FetchSite];
        if (site.Count > 0)
            return site is not ["same-origin" or "none"];
        // Browsers from before that header say at least which page calls.
        var origin = request.Headers[HeaderNames.Origin];
        return origin.Count > 0 && !(Uri.TryCreate(origin[0], UriKind.Absolute, out var uri) && uri.Authority == new Uri($"{request.Scheme}://{request.Host}").Authority);
    }
}
