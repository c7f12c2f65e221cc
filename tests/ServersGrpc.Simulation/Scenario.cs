using ServersGrpc.Engine.Lifecycle;

namespace ServersGrpc.Simulation;

/// <summary>How a run is laid out: what is asked for, what goes wrong and how often. All of it follows from the seed.</summary>
internal sealed class Scenario
{
    // Booting machines, pauses after failures, a provider's own word on when to come back, and consistency windows.
    private static readonly TimeSpan Unhurried = TimeSpan.FromMinutes(40);

    private readonly Random _random;

    private Scenario(int seed)
    {
        // Not the stream that the run itself draws from.
        _random = new(seed ^ 0x5EED);
        IsCalm = Chance(0.05);
        Duration = Minutes(2, 10);
        Requests = _random.Next(2, 11);
        CloudFaults = Rate(0.02, 0.1, 0.3, 0.6);
        StoreFaults = Rate(0, 0.01, 0.05, 0.15);
        CallDeaths = Rate(0, 0, 0.01, 0.05);
        StepDeaths = Rate(0, 0, 0.0005, 0.003);
        Mishaps = IsCalm ? 0 : _random.Next(0, 9);
        ClockJumps = IsCalm || Chance(0.6) ? 0 : _random.Next(1, 5);
        Options = new()
        {
            Concurrency = Chance(0.5) ? 64 : _random.Next(2, 8),
            StepDeadline = Seconds(25, 90),
            CreateAttempts = _random.Next(1, 11),
            CreateDeadline = Minutes(2, 12),
            ReadyDeadline = Minutes(2, 12),
            LivenessInterval = Seconds(20, 120),
            LivenessFailures = _random.Next(2, 6),
            ShortageMemory = Seconds(0, 300),
            SweepInterval = Seconds(60, 300),
            OrphanAge = Minutes(1, 10),
            OrphanConfirmation = Seconds(10, 60),
            ErrorRetention = Minutes(0, 5),
            StoppedRetention = Chance(0.5) ? Minutes(1, 20) : TimeSpan.FromDays(1),
            StopGrace = Seconds(0, 5),
        };
    }

    /// <summary>Nothing at all goes wrong, so everything must go right.</summary>
    public bool IsCalm { get; }

    /// <summary>For how long things are asked for and go wrong.</summary>
    public TimeSpan Duration { get; }

    /// <summary>How many things are asked for.</summary>
    public int Requests { get; }

    /// <summary>How likely a call of a provider goes wrong.</summary>
    public double CloudFaults { get; }

    /// <summary>How likely a call of the store goes wrong.</summary>
    public double StoreFaults { get; }

    /// <summary>How likely the process dies in a call of a provider or the store: before the effect or after it.</summary>
    public double CallDeaths { get; }

    /// <summary>How likely the process dies at any one step.</summary>
    public double StepDeaths { get; }

    /// <summary>How many things befall the machines, the network, the database and the process.</summary>
    public int Mishaps { get; }

    /// <summary>How often the clock is set, on or back.</summary>
    public int ClockJumps { get; }

    public LifecycleOptions Options { get; }

    public static Scenario Of(int seed) => new(seed);

    /// <summary>How long everything may take to come right once nothing goes wrong any more: each stage of a life to its end, then the sweep.</summary>
    public TimeSpan TimeToSettle(TimeSpan drain) =>
        Options.LeaseDuration + Options.CreateDeadline + Options.ReadyDeadline + Options.ErrorRetention + drain
        + (Options.LivenessInterval * (Options.LivenessFailures + 1)) + Options.OrphanAge + (Options.SweepInterval * 2) + Options.OrphanConfirmation
        + Unhurried;

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private double Rate(params ReadOnlySpan<double> rates)
    {
        var rate = rates[_random.Next(rates.Length)];
        return IsCalm ? 0 : rate;
    }

    private TimeSpan Minutes(int least, int most) => Seconds(least * 60, most * 60);

    private TimeSpan Seconds(int least, int most) => TimeSpan.FromSeconds(_random.Next(least, most + 1));
}
