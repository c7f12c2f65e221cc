using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Lifecycle.Sweep;

/// <summary>Servers and machines that come and go at random, between one sweep and the next. All of it follows from the seed.</summary>
internal sealed class SweepWorld : IDisposable
{
    private static readonly ServerState[] Live =
        [ServerState.Pending, ServerState.Creating, ServerState.Created, ServerState.Staging, ServerState.Running, ServerState.Shutdown, ServerState.Stopping, ServerState.Error];

    private readonly Random _random;
    private readonly TestMeters _meters = new();
    private readonly OrphanSweep _sweep;
    private int _count;

    public SweepWorld(int seed, SweepMode mode = SweepMode.Destroy)
    {
        _random = new(seed);
        Options = new()
        {
            Sweep = mode,
            SweepInterval = TimeSpan.FromSeconds(_random.Next(30, 600)),
            OrphanAge = TimeSpan.FromSeconds(_random.Next(1, 1200)),
            OrphanConfirmation = TimeSpan.FromSeconds(_random.Next(1, 120)),
        };
        var breaker = new LivenessBreaker(Servers, Options, Time, NullLogger<LivenessBreaker>.Instance);
        _sweep = new(new([Provider]), Servers, Options, new(breaker, new(Servers, Options, Time), Time, _meters), Time, NullLogger<OrphanSweep>.Instance);
        for (var i = _random.Next(3); i > 0; i--)
            Provider.Foreign[$"foreign-{i}"] = new($"foreign-{i}", $"their-{i}", "theirs", "", Time.GetUtcNow());
    }

    public ManualTime Time { get; } = new();

    public ListedServers Servers { get; } = new();

    public SweptProvider Provider { get; } = new();

    public LifecycleOptions Options { get; }

    public bool Chance(double probability) => _random.NextDouble() < probability;

    /// <summary>
    /// How long an orphan may live on while listings are complete and removals work: until a sweep first sees it, then until it is old enough
    /// and confirmed, and until the next sweep.
    /// </summary>
    public TimeSpan Bound => (2 * Options.SweepInterval) + (Options.OrphanAge > Options.OrphanConfirmation ? Options.OrphanAge : Options.OrphanConfirmation);

    /// <summary>Whether no server has the machine.</summary>
    public bool IsOrphan(Instance instance) =>
        !Servers.Rows.Values.Any(row => row.State != ServerState.Stopped && row.InstanceId == instance.Id) && IsNobodys(instance);

    private bool IsNobodys(Instance instance) => Servers.Rows.GetValueOrDefault(instance.Uid) is not { } row
        || row.State == ServerState.Stopped
        || (row.State == ServerState.Error && !row.MayHaveInstance)
        || (row.InstanceId.Length > 0 && row.InstanceId != instance.Id);

    public async Task SweepAsync()
    {
        Provider.Removed.Clear();
        await _sweep.RunAsync(Provider.Name, CancellationToken.None);
    }

    /// <summary>Lets time pass to the next sweep. Something happens to servers and machines meanwhile, unless it is to be quiet.</summary>
    public void Pass(bool quietly = false)
    {
        Time.Advance(Options.SweepInterval);
        for (var i = quietly ? 0 : _random.Next(4); i > 0; i--)
            Happen();
    }

    public void Dispose() => _meters.Dispose();

    private void Happen()
    {
        switch (_random.Next(8))
        {
            case 0 or 1:
                Add(Live[_random.Next(Live.Length)]);
                break;
            case 2:
                // A create whose answer is on its way: the machine is there, and the row does not name it.
                var made = Add(ServerState.Creating) with { CreateIsOpen = true, InstanceId = "" };
                Servers.Rows[made.Uid] = made;
                break;
            case 3:
                // Stopped while its machine stays, or goes.
                Change(row => row with { State = ServerState.Stopped }, machineGoes: Chance(0.7));
                break;
            case 4:
                Remove();
                break;
            case 5:
                // A second machine of one server.
                if (Pick() is { } twice)
                    AddMachine(twice.Uid);
                break;
            case 6:
                // Somebody takes away what tells whose it is.
                if (Pick() is { } row && Provider.Ours.TryGetValue(row.InstanceId, out var machine))
                    Provider.Ours[machine.Id] = machine with { Uid = "" };
                break;
            default:
                AddMachine($"unknown-{++_count}");
                break;
        }
    }

    private ServerRecord Add(ServerState state)
    {
        var uid = $"uid-{++_count}";
        var id = state is ServerState.Pending ? "" : AddMachine(uid);
        return Servers.Rows[uid] = new()
        {
            Uid = uid,
            Name = $"name-{_count}",
            Provider = Provider.Name,
            State = state,
            InstanceId = id,
            Credentials = ServerCredentials.None,
            Created = Time.GetUtcNow(),
        };
    }

    // Some providers' clocks are wrong.
    private string AddMachine(string uid)
    {
        var id = $"machine-{++_count}";
        var made = Time.GetUtcNow() + (Chance(0.1) ? TimeSpan.FromHours(_random.Next(-5, 5)) : TimeSpan.Zero);
        Provider.Ours[id] = new(id, uid, "name", "", made);
        return id;
    }

    private void Change(Func<ServerRecord, ServerRecord> change, bool machineGoes)
    {
        if (Pick() is not { } row)
            return;
        Servers.Rows[row.Uid] = change(row);
        if (machineGoes)
            Provider.Ours.Remove(row.InstanceId);
    }

    private void Remove()
    {
        if (Pick() is not { State: ServerState.Stopped } row)
            return;
        Servers.Rows.Remove(row.Uid);
    }

    private ServerRecord? Pick() => Servers.Rows.Count == 0 ? null : Servers.Rows.Values.ElementAt(_random.Next(Servers.Rows.Count));
}
