namespace ServersGrpc.Auth.Authentication;

/// <summary>The token of a request's header.</summary>
internal static class AuthorizationHeader
{
    private const string Scheme = "Bearer ";

    /// <summary>The token of "Bearer TOKEN", or a bare one, which one client sends.</summary>
    public static ReadOnlySpan<char> Token(ReadOnlySpan<char> header)
    {
        var value = header.Trim();
        return value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : value;
    }

    /// <summary>Whether the request's one token looks like a JSON web token.</summary>
    public static bool HoldsJsonWebToken(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && Token(header) is var token && token.StartsWith("ey") && token.Count('.') == 2;
}
