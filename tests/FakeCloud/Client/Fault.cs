using System.Text.Json.Serialization;

namespace ServersGrpc.FakeCloud.Client;

/// <summary>A rule: what goes wrong, for which calls and how often. Kept over restarts.</summary>
public sealed record Fault : CallMatch
{
    public required FaultKind Kind { get; init; }

    /// <summary>For so many calls; null: for all.</summary>
    // Said even where it is null: left out, it would be once.
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? Times { get; init; } = 1;

    /// <summary>How likely a fitting call has to suffer it, from 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Of the dice: the same calls suffer again when asked again.</summary>
    public int Seed { get; init; }

    /// <summary>As the kind says.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For a hang and a server error: whether what was asked is done.</summary>
    public CallPoint Point { get; init; }

    /// <summary>For a server error and a refusal.</summary>
    public int? Status { get; init; }

    /// <summary>For a refusal: the error's code, such as "placement_error".</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }
}
