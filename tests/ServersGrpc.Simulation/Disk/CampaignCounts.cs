namespace ServersGrpc.Simulation.Disk;

/// <summary>What happened in some lineages.</summary>
internal sealed record CampaignCounts
{
    public static readonly CampaignCounts None = new();

    public long Lineages { get; init; }

    /// <summary>Losses of power.</summary>
    public long Losses { get; init; }

    /// <summary>Operations of a disk that failed.</summary>
    public long Faults { get; init; }

    /// <summary>Lives that ended while the store was opened, by a loss or a fault.</summary>
    public long InOpening { get; init; }

    /// <summary>Lives that ended in a checkpoint, by a loss or a fault.</summary>
    public long InCheckpoint { get; init; }

    /// <summary>Failures after which the store went on by itself.</summary>
    public long Recoveries { get; init; }

    /// <summary>Writes that the store acknowledged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Writes that were under way at a failure and were there whole.</summary>
    public long KeptWhole { get; init; }

    public static CampaignCounts operator +(CampaignCounts one, CampaignCounts other) => new()
    {
        Lineages = one.Lineages + other.Lineages,
        Losses = one.Losses + other.Losses,
        Faults = one.Faults + other.Faults,
        InOpening = one.InOpening + other.InOpening,
        InCheckpoint = one.InCheckpoint + other.InCheckpoint,
        Recoveries = one.Recoveries + other.Recoveries,
        Acknowledged = one.Acknowledged + other.Acknowledged,
        KeptWhole = one.KeptWhole + other.KeptWhole,
    };

    public override string ToString() =>
        $"{Lineages} lineages, {Losses} losses of power, {Faults} failed operations; {InOpening} lives ended in opening, "
        + $"{InCheckpoint} in a checkpoint; {Recoveries} failures mended; {Acknowledged} writes acknowledged, {KeptWhole} writes under way kept whole";
}
