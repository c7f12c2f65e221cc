namespace ServersGrpc.Auth.Authentication;

/// <summary>The names of the ways to be let in.</summary>
internal static class Schemes
{
    /// <summary>A token of the service. The default; it hands on what the others are for.</summary>
    public const string Token = nameof(Token);

    /// <summary>A JSON web token of the configured issuer.</summary>
    public const string Oidc = nameof(Oidc);

    /// <summary>A client certificate.</summary>
    public const string Certificate = nameof(Certificate);
}
