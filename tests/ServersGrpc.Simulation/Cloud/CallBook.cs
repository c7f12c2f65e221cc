using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Simulation.Cloud;

/// <summary>
/// Keeps a book of the calls that providers get, and holds them against what the engine promises: never two at once for one server, none
/// that makes a machine without the journal, none that removes a machine that a server has, and no more, nor longer ones, than its budget.
/// </summary>
internal sealed class CallBook(World world, LifecycleOptions options)
{
    private const int MostInTenSeconds = 40;
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);
    private static readonly AsyncLocal<bool> IsSweeping = new();

    private readonly List<(string Provider, CallInFlight Call)> _inFlight = [];
    private readonly Dictionary<string, int> _creates = [];
    private readonly Dictionary<string, Queue<TimeSpan>> _recent = [];
    private int _interruptions;

    /// <summary>The server with a uid, as it is stored.</summary>
    public Func<string, ServerRecord?> Row { get; set; } = _ => null;

    /// <summary>How many calls there were.</summary>
    public int Count { get; private set; }

    /// <summary>Calls from here on are the sweep's, which holds no lease.</summary>
    public static void BeginSweep() => IsSweeping.Value = true;

    /// <summary>A process ended, or the store failed for longer than a lease lasts: a try may not have been counted.</summary>
    public void Interrupted() => _interruptions++;

    public CallInFlight Begin(string provider, string what, string uid)
    {
        var call = new CallInFlight(what, uid, IsSweeping.Value, world.Clock.Elapsed);
        Count++;
        world.Trace.Add($"{provider} {what} {uid}{(call.IsOfSweep ? " (sweep)" : "")}");
        if (!call.IsOfSweep && uid.Length > 0)
            Check(provider, call);
        _inFlight.Add((provider, call));
        return call;
    }

    public void End(CallInFlight call, string outcome)
    {
        _inFlight.RemoveAll(entry => entry.Call == call);
        world.Trace.Add($"{call.What} {call.Uid}: {outcome}");
        if (world.Clock.Elapsed - call.Began > options.StepDeadline + Slack)
            world.Violate($"{call.What} of {call.Uid} took {world.Clock.Elapsed - call.Began}, longer than a step may");
    }

    /// <summary>A machine is about to be removed: nobody may need it.</summary>
    public void CheckRemoval(Instance instance)
    {
        var row = Row(instance.Uid);
        var isNobodys = row is null or { State: ServerState.Stopping or ServerState.Stopped } or { State: ServerState.Error, MayHaveInstance: false }
            || (instance.Id.Length > 0 && row.InstanceId.Length > 0 && row.InstanceId != instance.Id);
        if (!isNobodys)
            world.Violate($"machine {instance.Id} is removed, which server {row!.Name} has in state {row.State}");
    }

    /// <summary>A machine is about to be given other credentials: they must be on disk, or nobody would have them.</summary>
    public void CheckDelivery(InstanceSpec next)
    {
        if (Row(next.Uid)?.Next is not { } journaled || !journaled.Keys.TlsCertificate.Span.SequenceEqual(next.Credentials.TlsCertificate.Span))
            world.Violate($"{next.Name} is given credentials that the journal does not have");
    }

    /// <summary>The callers of a provider are dead: what they asked for may still be done.</summary>
    public IReadOnlyList<CallInFlight> Abandon(string provider)
    {
        List<CallInFlight> calls = [.. _inFlight.Where(entry => entry.Provider == provider).Select(entry => entry.Call)];
        _inFlight.RemoveAll(entry => entry.Provider == provider);
        return calls;
    }

    private void Check(string provider, CallInFlight call)
    {
        var ofSteps = _inFlight.Where(entry => !entry.Call.IsOfSweep).ToList();
        // Whoever hears of an absence may ask for others as well, whatever is done to them meanwhile.
        if (call.What != "find" && ofSteps.Any(entry => entry.Call.Uid == call.Uid && entry.Call.What != "find"))
            world.Violate($"two calls at once for {call.Uid}");
        if (ofSteps.Count >= options.Concurrency)
            world.Violate($"more than {options.Concurrency} calls at once");
        if (ofSteps.Count(entry => entry.Provider == provider) >= options.ShareOfOneProvider)
            world.Violate($"more than {options.ShareOfOneProvider} calls of {provider} at once");
        CheckRate(call.Uid);
        if (call.What == "create")
            CheckCreate(call.Uid);
    }

    private void CheckRate(string uid)
    {
        if (!_recent.TryGetValue(uid, out var recent))
            _recent[uid] = recent = new();
        recent.Enqueue(world.Clock.Elapsed);
        while (recent.Peek() < world.Clock.Elapsed - TenSeconds)
            recent.Dequeue();
        if (recent.Count > MostInTenSeconds)
            world.Violate($"{recent.Count} calls for {uid} within {TenSeconds}");
    }

    private void CheckCreate(string uid)
    {
        if (Row(uid) is not { State: ServerState.Creating or ServerState.Shutdown, CreateIsOpen: true } row)
        {
            world.Violate($"a machine is made for {uid}, and the journal does not tell");
            return;
        }
        var creates = _creates[uid] = _creates.GetValueOrDefault(uid) + 1;
        var budget = (options.CreateAttempts * Math.Max(1, row.Placements.Count)) + _interruptions;
        if (creates > budget)
            world.Violate($"create {creates} for {row.Name}, whose budget is {budget}");
    }
}
