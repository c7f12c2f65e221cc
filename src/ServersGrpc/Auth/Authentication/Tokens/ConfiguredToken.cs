using System.ComponentModel.DataAnnotations;

namespace ServersGrpc.Auth.Authentication.Tokens;

/// <summary>A token that the configuration knows: a section below Servers:Auth:Tokens, whose key is its name.</summary>
internal sealed class ConfiguredToken : GrantOptions
{
    /// <summary>SHA-256 of the token: 64 hexadecimal digits. Needed. The token itself stands nowhere; it should be random, 32 bytes or more.</summary>
    [Required]
    [RegularExpression("[0-9A-Fa-f]{64}", ErrorMessage = "Hash must be 64 hexadecimal digits: the SHA-256 of the token.")]
    public string Hash { get; set; } = "";

    /// <summary>Until when it is good, such as 2030-01-31T00:00:00Z. Default: for ever.</summary>
    public DateTimeOffset? Expires { get; set; }
}
