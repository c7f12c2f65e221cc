using ServersGrpc.Simulation.Clock;

namespace ServersGrpc.Simulation;

/// <summary>What everything in one run shares: its time, its chance, its story, and the first thing that must not have happened.</summary>
internal sealed class World(int seed, Scenario scenario)
{
    public Random Random { get; } = new(seed);

    public VirtualClock Clock { get; } = new();

    public Scenario Scenario => scenario;

    public Trace Trace => field ??= new(Clock);

    /// <summary>Whether anything goes wrong at all. Off at the end of a run, when everything has to come right.</summary>
    public bool HasFaults { get; set; } = !scenario.IsCalm;

    /// <summary>What must not have happened; null so far.</summary>
    public string? Violation { get; private set; }

    /// <summary>The process dies before its next step.</summary>
    public bool DeathIsDue { get; set; }

    public bool Chance(double probability) => HasFaults && probability > 0 && Random.NextDouble() < probability;

    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        TimeSpan.FromMilliseconds(Math.Floor(least.TotalMilliseconds + ((most - least).TotalMilliseconds * Random.NextDouble())));

    public T OneOf<T>(IReadOnlyList<T> choices) => choices[Random.Next(choices.Count)];

    /// <summary>Ends the run: an invariant does not hold.</summary>
    public void Violate(string what)
    {
        Trace.Add($"VIOLATION {what}");
        Violation ??= what;
    }
}
