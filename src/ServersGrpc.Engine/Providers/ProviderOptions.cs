using System.ComponentModel.DataAnnotations;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers;

/// <summary>What every provider's section has: Servers:Providers:NAME. Times are d.hh:mm:ss.</summary>
public abstract class ProviderOptions : IValidatableObject
{
    /// <summary>How many alternatives there may be, of a section or a request.</summary>
    public const int MostAlternatives = 16;

    /// <summary>Whether servers can be made there. Default: true, where there is a section.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long a server may go on working after its end was asked for, 0 to 7 days. Default: 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.Zero;

    /// <summary>How many calls of the provider may run at once; others wait their turn. 1 to 1,024. Default: 8.</summary>
    [Range(1, 1024)]
    public int MaxConcurrentCalls { get; set; } = 8;

    /// <summary>How many calls of the provider may begin in a second, in the long run; others wait their turn. 0.01 to 10,000. Default: 100.</summary>
    [Range(0.01, 10_000.0)]
    public double MaxCallsPerSecond { get; set; } = 100;

    /// <summary>
    /// Where to make a server that names neither region nor size, when what it would be given is out of stock: REGION/SIZE each, tried in this
    /// order, at most 16. Default: nowhere.
    /// </summary>
    public IReadOnlyList<string> Alternatives { get; set; } = [];

    /// <summary>The alternatives, read.</summary>
    internal IReadOnlyList<Placement> Placements => [.. Alternatives.Select(Read).OfType<Placement>()];

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Alternatives.Count > MostAlternatives)
            yield return new($"Alternatives has {Alternatives.Count} entries, which are more than {MostAlternatives}.");
        foreach (var bad in Alternatives.Where(text => Read(text) is null))
            yield return new($"Alternatives has \"{bad}\", which is not REGION/SIZE.");
    }

    // Regions have no slash; sizes may.
    private static Placement? Read(string text) =>
        text.Split('/', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } region, { Length: > 0 } size] ? new(region, size) : null;
}
