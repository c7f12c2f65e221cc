using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>
/// Where the keys are that secrets are encrypted under in the database: section Servers:Encryption. Where it names nothing, in a file of the
/// data directory, made at first start.
/// </summary>
public sealed partial class EncryptionOptions : IValidatableObject
{
    /// <summary>
    /// A file that somebody else keeps: one key a line, 32 bytes in base64 each. The first writes, all read. Only its owner may have access.
    /// Default: none.
    /// </summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The name of an environment variable with the same, where commas and spaces part keys too. Default: none.</summary>
    public string KeyVariable { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeyFile.Length > 0 && KeyVariable.Length > 0)
            yield return new("KeyFile and KeyVariable are both set; name one place of the keys.");
        // Whoever takes the name for the key must not read the key in a log later.
        if (EncryptionKey.IsLike(KeyFile))
            yield return new("KeyFile must be the name of a file that holds the keys, not a key.");
        if (EncryptionKey.IsLike(KeyVariable) || (KeyVariable.Length > 0 && !VariableName().IsMatch(KeyVariable)))
            yield return new("KeyVariable must be the name of an environment variable that holds the keys, of [A-Za-z0-9_], not a key.");
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex VariableName();
}
