using System.ComponentModel.DataAnnotations;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth;

/// <summary>What somebody may do, as configured.</summary>
internal abstract class GrantOptions : IValidatableObject
{
    /// <summary>viewer, operator or admin. Needed.</summary>
    [Required]
    public Role? Role { get; set; }

    /// <summary>Which servers it sees and touches: labels, as team=a, and the beginning of names, as ci-*, joined by commas. Default: all.</summary>
    public string? Scope { get; set; }

    /// <summary>The scope, understood.</summary>
    public Scope ParsedScope => Scope is null ? Engine.Access.Scope.Everything : Engine.Access.Scope.Parse(Scope);

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Problem() is { } problem)
            yield return new($"Scope: {problem}.");
    }

    private string? Problem()
    {
        if (Scope is "")
            return "it is empty; leave it out for all servers";
        try
        {
            _ = ParsedScope;
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
