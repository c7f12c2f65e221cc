using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Simulation.Cloud;

/// <summary>
/// A provider whose machines outlive the service's process, and whose calls fail in every way that was seen of real ones. What it keeps,
/// and the engine may rely on:
/// <list type="bullet">
/// <item>A refusal (rejected, out of stock) is known to have made nothing.</item>
/// <item>An effect comes while its call is under way, or less than a third of the consistency window after the call was given up: by an
/// answer, by its cancellation, or by the death of its caller. With no window it comes while the call is under way or never.</item>
/// <item>A machine is missed by looks and listings for less than a third of the window after it was made, and once more at any time, both
/// times perhaps at the very moment of a look. Or, if it was made while its call was under way, for less than the window, and never
/// again.</item>
/// <item>New credentials are given while the call is under way, or never; the machine may start anew for them.</item>
/// <item>Removals may be acknowledged and not done, but not for ever.</item>
/// <item>At most two of its machines die by themselves or hang within some minutes: where more do together, the engine
/// takes it for trouble of its own network, and rightly does nothing.</item>
/// </list>
/// </summary>
internal sealed class SimulatedCloud(World world, CloudCharacter character, CallBook calls) : IServerProvider
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);

    private readonly List<Machine> _machines = [];
    private readonly HashSet<string> _soldOut = [];
    private readonly HashSet<string> _rejected = [];
    private TimeProvider _time = TimeProvider.System;

    public CloudCharacter Character => character;

    /// <summary>Every machine that ever was.</summary>
    public IReadOnlyList<Machine> Machines => _machines;

    public string Name => character.Name;

    public ProviderDefaults Defaults { get; } = new("image", CloudCharacter.Regions[0], "small", "linux/amd64");

    public IReadOnlyList<Placement> Alternatives { get; } = [new("south", "small")];

    public TimeSpan ConsistencyWindow => character.Window;

    public TimeSpan DrainTimeout => character.DrainTimeout;

    public bool CanDeliverCredentials => true;

    /// <summary>A process of the service begins to make calls, by its own timers.</summary>
    public void Attach(TimeProvider time) => _time = time;

    public Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) => CallAsync(
        "create", spec.Uid, () => Refusal(spec), call => Make(spec, call.IsLate).ToInstance(world.Clock.Elapsed), cancellationToken);

    public Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) =>
        CallAsync("find", uid, () => null, _ => Visible().FirstOrDefault(m => m.Uid == uid)?.ToInstance(world.Clock.Elapsed), cancellationToken);

    public Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) => CallAsync<IReadOnlyList<Instance>>(
        "list", "", () => null, _ => [.. Visible().Select(m => m.ToInstance(world.Clock.Elapsed))], cancellationToken);

    public Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
    {
        calls.CheckRemoval(instance);
        return CallAsync("destroy", instance.Uid, () => null, _ => Remove(instance), cancellationToken);
    }

    public Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
    {
        calls.CheckDelivery(next);
        return CallAsync("deliver", instance.Uid, () => Refusal(instance), _ => Give(instance, next.Credentials), cancellationToken);
    }

    /// <summary>The process died: what its calls asked for may still be done.</summary>
    public void CallersDied()
    {
        foreach (var call in calls.Abandon(Name))
            Abandon(call);
    }

    /// <summary>Adds a machine that the service did not ask for.</summary>
    public Machine Plant(string uid, bool isOurs)
    {
        var machine = NewMachine(uid, "planted", isOurs);
        _machines.Add(machine);
        world.Trace.Add($"{Name} has {machine.Id} of {(isOurs ? "ours" : "another installation")}, which nobody here made");
        return machine;
    }

    /// <summary>The region runs out of stock, or has some again.</summary>
    public void SellOut(string region)
    {
        if (!_soldOut.Remove(region))
            _soldOut.Add(region);
    }

    public void Restock() => _soldOut.Clear();

    /// <summary>Whether the provider ever refused the server for good.</summary>
    public bool HasRejected(string uid) => _rejected.Contains(uid);

    private async Task<T> CallAsync<T>(string what, string uid, Func<ProviderException?> refusal, Func<CallInFlight, T> effect, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var fate = Draw();
        var call = calls.Begin(Name, what, uid);
        T? result = default;
        call.Effect = () =>
        {
            call.Effect = null;
            result = effect(call);
        };
        try
        {
            await Task.Delay(Pause(), _time, cancellationToken);
            if (fate is CallFate.CallerDies)
                await DieAsync();
            if (fate is CallFate.Failed or CallFate.TooManyRequests)
                throw Failure(fate);
            if (fate is CallFate.Hangs)
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
            if (refusal() is { } refused)
                throw refused;
            if (fate is CallFate.DoneLate)
                throw Late(call);
            call.Effect();
            if (fate is CallFate.CallerDiesDone)
                await DieAsync();
            if (fate is CallFate.HangsDone)
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
            if (fate is CallFate.AnswerLost or CallFate.AnswerBroken)
                throw Failure(fate);
            await Task.Delay(Pause(), _time, cancellationToken);
            calls.End(call, Tell(result));
            return result!;
        }
        catch (OperationCanceledException)
        {
            Abandon(call);
            calls.End(call, "given up");
            throw;
        }
        catch (Exception e)
        {
            calls.End(call, e.Message);
            throw;
        }
    }

    private CallFate Draw()
    {
        if (world.Chance(world.Scenario.CallDeaths))
            return world.OneOf([CallFate.CallerDies, CallFate.CallerDiesDone]);
        return world.Chance(world.Scenario.CloudFaults)
            ? world.OneOf([CallFate.Failed, CallFate.TooManyRequests, CallFate.AnswerLost, CallFate.AnswerBroken, CallFate.DoneLate, CallFate.Hangs, CallFate.HangsDone])
            : CallFate.Answered;
    }

    private TimeSpan Pause() => world.Chance(world.Scenario.CloudFaults / 4)
        ? world.Between(ShortestPause, TimeSpan.FromSeconds(30))
        : world.Between(ShortestPause, TimeSpan.FromSeconds(1));

    private Task DieAsync()
    {
        world.DeathIsDue = true;
        return new TaskCompletionSource().Task;
    }

    private ProviderException Late(CallInFlight call)
    {
        Abandon(call);
        return new(ProviderFault.Transient, "the answer is late");
    }

    private Exception Failure(CallFate fate) => fate switch
    {
        CallFate.TooManyRequests => new ProviderException(
            ProviderFault.Transient, "too many requests", world.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2))),
        CallFate.AnswerBroken => new SimulatedFaultException("the answer made no sense"),
        _ => new ProviderException(ProviderFault.Transient, "internal error"),
    };

    // What is on its way may still arrive.
    private void Abandon(CallInFlight call)
    {
        if (call.Effect is not { } effect)
            return;
        call.Effect = null;
        call.IsLate = true;
        if (world.Random.Next(2) == 0)
            return;
        if (character.Window > TimeSpan.Zero && call.What != "deliver")
            world.Clock.Set(world.Between(TimeSpan.Zero, character.LatestEffect), effect);
        else
            effect();
    }

    private ProviderException? Refusal(InstanceSpec spec)
    {
        if (_soldOut.Contains(spec.Region))
            return new(ProviderFault.CapacityUnavailable, $"{spec.Region} is sold out");
        if (!world.Chance(world.Scenario.CloudFaults / 10))
            return null;
        _rejected.Add(spec.Uid);
        return new(ProviderFault.Rejected, "the image is bad");
    }

    private ProviderException? Refusal(Instance instance) => !Known(instance).Any()
        ? new(ProviderFault.NotFound, "no such machine")
        : world.Chance(world.Scenario.CloudFaults / 10) ? new(ProviderFault.Rejected, "it takes no keys") : null;

    private bool Give(Instance instance, ServerCredentials keys)
    {
        foreach (var machine in Known(instance))
        {
            machine.Keys = keys;
            if (world.Random.Next(2) == 0)
                machine.Booted = world.Clock.Elapsed + world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(30));
            world.Trace.Add($"{machine.Id} has new credentials");
        }
        return true;
    }

    private IEnumerable<Machine> Known(Instance instance) => _machines.Where(machine => machine.IsThere && machine.Id == instance.Id);

    private Machine Make(InstanceSpec spec, bool isLate)
    {
        var earlier = _machines.Where(m => m.IsThere && m.Uid == spec.Uid).ToList();
        if (earlier.Count > 0 && character.IsIdempotent)
            return earlier[0];
        if (earlier.Count > 0)
            world.Violate($"{Name} was made to make a second machine for {spec.Name}, beside {earlier[0].Id}");
        var machine = NewMachine(spec.Uid, spec.Name, isOurs: true);
        machine.Keys = spec.Credentials;
        if (!isLate && world.Random.Next(3) == 0)
            (machine.MissedUntil, machine.WasMissed) = (world.Clock.Elapsed + world.Between(TimeSpan.Zero, character.LongestOnlyMiss), true);
        _machines.Add(machine);
        world.Trace.Add($"{Name} makes {machine.Id} for {spec.Name} in {spec.Region}");
        return machine;
    }

    private bool Remove(Instance instance)
    {
        foreach (var machine in _machines.Where(m => m.IsThere && (instance.Id.Length > 0 ? m.Id == instance.Id : IsVisible(m) && m.Uid == instance.Uid)).ToList())
        {
            if (machine.RemovalsIgnored-- > 0 || machine.IsGoing)
                continue;
            machine.IsGoing = true;
            world.Clock.Set(machine.RemovalTime, () => Lose(machine));
        }
        return true;
    }

    /// <summary>The machine is gone, and not billed any more.</summary>
    public void Lose(Machine machine)
    {
        if (!machine.IsThere)
            return;
        machine.Gone = world.Clock.Elapsed;
        world.Trace.Add($"{Name} has lost {machine.Id}{(machine.DiedByItself ? ", which died by itself" : "")}");
    }

    private Machine NewMachine(string uid, string name, bool isOurs)
    {
        var now = world.Clock.Elapsed;
        var number = _machines.Count + 1;
        return new()
        {
            Id = $"{Name}-{number}",
            Uid = uid,
            Name = name,
            IsOurs = isOurs,
            Made = world.Clock.TrueNow,
            Address = $"{Name}.{number}.0",
            AddressKnown = now + (world.Random.Next(3) == 0 ? world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)) : TimeSpan.Zero),
            MissedUntil = now + world.Between(TimeSpan.Zero, character.LongestMiss),
            Booted = now + (world.Chance(0.1) ? world.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(20)) : world.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(40))),
            RemovalsIgnored = world.Chance(0.2) ? world.Random.Next(1, 4) : 0,
            RemovalTime = world.Random.Next(2) == 0 ? TimeSpan.Zero : world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(60)),
        };
    }

    private IEnumerable<Machine> Visible() => _machines.Where(m => m.IsThere && m.IsOurs && IsVisible(m));

    private bool IsVisible(Machine machine) => world.Clock.Elapsed >= machine.MissedUntil;

    private static string Tell<T>(T? result) => result switch
    {
        null => "nothing",
        Instance instance => instance.Id,
        IReadOnlyList<Instance> all => $"{all.Count} instances",
        _ => "accepted",
    };
}
