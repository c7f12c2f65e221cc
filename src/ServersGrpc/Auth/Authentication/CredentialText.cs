using System.Text.RegularExpressions;
using ServersGrpc.Auth.Authentication.Tokens;

namespace ServersGrpc.Auth.Authentication;

/// <summary>Credentials in texts where none belongs: a caller may put one in place of a name.</summary>
internal static partial class CredentialText
{
    /// <summary>The text without our tokens and without JSON web tokens.</summary>
    public static string Hide(string text) => Credential().Replace(text, static found => found.Value.StartsWith(SecretToken.Prefix, StringComparison.Ordinal) ? SecretToken.Prefix + "…" : "…");

    [GeneratedRegex(SecretToken.Prefix + @"[A-Za-z0-9_-]+|ey[A-Za-z0-9_-]+(\.|%2[Ee])[A-Za-z0-9_-]+(\.|%2[Ee])[A-Za-z0-9_-]*")]
    private static partial Regex Credential();
}
