using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Faults;

/// <summary>The rules of what goes wrong. All but <see cref="HoldAsync"/> needs the world's lock.</summary>
internal sealed class FaultBook(World world)
{
    private const string ChaosKey = "chaos";
    private const string DiceKey = "chaos-dice";

    private CancellationTokenSource _release = new();

    public IEnumerable<ArmedFault> All => world.Faults.All.OrderBy(fault => fault.Id);

    public Chaos? Chaos
    {
        get => world.Chaos.Find(ChaosKey);
        set
        {
            if (value is null)
                world.Chaos.Remove(ChaosKey);
            else
                world.Chaos.Save(ChaosKey, value);
        }
    }

    public ArmedFault Arm(Fault rule)
    {
        var fault = new ArmedFault(world.NewId(), rule, Seen: 0, Hits: 0);
        world.Faults.Save(fault.Key, fault);
        return fault;
    }

    /// <summary>Takes rules back, and lets go what they hold.</summary>
    public void Disarm(Func<ArmedFault, bool> which)
    {
        foreach (var fault in All.Where(which).ToList()) world.Faults.Remove(fault.Key);
        var held = _release;
        _release = new CancellationTokenSource();
        held.Cancel();
    }

    /// <summary>The faults that the call has to suffer, which are then spent on it.</summary>
    public IReadOnlyList<Fault> Take(CallDescription call)
    {
        var taken = new List<Fault>();
        foreach (var fault in All.Where(fault => Fits(fault.Rule.Kind, call.Kind) && call.Fits(fault.Rule)).ToList())
        {
            if (fault.Hits >= fault.Rule.Times) continue;
            var seen = fault.Seen + 1;
            var isHit = seen > fault.Rule.Skip && Dice(fault.Rule.Seed, seen).NextDouble() < fault.Rule.Probability;
            world.Faults.Save(fault.Key, fault with { Seen = seen, Hits = fault.Hits + (isHit ? 1 : 0) });
            if (isHit) taken.Add(fault.Rule);
        }

        if (Chaos is { } chaos && Throw(chaos, call) is { } bad) taken.Add(bad);
        return taken;
    }

    /// <summary>Holds a call for so long, or until rules are taken back.</summary>
    public async Task HoldAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _release.Token.Register(released.SetResult);
        await Task.WhenAny(released.Task, Task.Delay(duration, world.Time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static bool Fits(FaultKind fault, CallKind call) => fault switch
    {
        FaultKind.AnswerLost or FaultKind.Hang or FaultKind.RateLimited or FaultKind.ServerError or FaultKind.Refused => true,
        FaultKind.ListingLag => call is CallKind.Create or CallKind.Delete,
        FaultKind.NotFoundEarly => call is CallKind.Create or CallKind.Get or CallKind.Delete,
        FaultKind.DeleteIgnored => call is CallKind.Delete,
        FaultKind.ShortPage or FaultKind.BrokenPage or FaultKind.MissingNext or FaultKind.WrongTotal => call is CallKind.List,
        _ => call is CallKind.Create,
    };

    // Not Random.Shared: the same rule must throw the same dice after a restart.
    private static Random Dice(int seed, long seen) => new(HashOf(seed, seen));

    private static int HashOf(int seed, long seen)
    {
        var hash = unchecked(((ulong)(uint)seed << 32) ^ ((ulong)seen * 0x9E3779B97F4A7C15));
        hash ^= hash >> 29;
        hash = unchecked(hash * 0xBF58476D1CE4E5B9);
        return (int)((hash ^ (hash >> 32)) & int.MaxValue);
    }

    private Fault? Throw(Chaos chaos, CallDescription call)
    {
        var dice = Dice(chaos.Seed, world.NextOf(DiceKey));
        if (dice.NextDouble() >= chaos.Probability) return null;
        var possible = chaos.Faults.Where(fault => Fits(fault.Kind, call.Kind) && call.Fits(fault)).ToList();
        return possible.Count == 0 ? null : possible[dice.Next(possible.Count)];
    }
}
