namespace ServersGrpc.Auth.Oidc;

/// <summary>What a JSON web token came to.</summary>
/// <param name="Account">What it opens; null: nothing.</param>
/// <param name="Reason">Why it opens nothing.</param>
internal sealed record OidcOutcome(Account? Account, string Reason = "")
{
    /// <summary>Whether it could not be checked.</summary>
    public bool IsUnknown { get; init; }
}
