namespace ServersGrpc.Simulation.Storage;

/// <summary>What the disk of the simulated machine does to writes.</summary>
internal sealed class StoreTrouble(World world)
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(20);

    /// <summary>Every write fails.</summary>
    public bool IsDown { get; set; }

    public StoreFate Draw()
    {
        if (world.Chance(world.Scenario.CallDeaths / 2))
            return world.OneOf([StoreFate.CallerDies, StoreFate.CallerDiesDone]);
        return world.Chance(world.Scenario.StoreFaults) ? world.OneOf([StoreFate.Fails, StoreFate.FailsDone]) : StoreFate.Done;
    }

    /// <summary>How long a write waits for the disk, and its answer for its caller.</summary>
    public (TimeSpan Before, TimeSpan After) Pauses() =>
        world.Chance(world.Scenario.StoreFaults) ? (Pause(), Pause()) : world.Random.Next(4) == 0 ? (TimeSpan.Zero, TimeSpan.FromMilliseconds(1)) : default;

    private TimeSpan Pause() => world.Random.Next(3) switch
    {
        0 => TimeSpan.Zero,
        1 => world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)),
        _ => world.Between(TimeSpan.Zero, Slow),
    };
}
