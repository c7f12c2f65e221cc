using System.Collections.Concurrent;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>A provider in memory that does what a test tells it to, and counts what would be billed.</summary>
internal sealed class ScriptedProvider : IServerProvider
{
    private readonly ConcurrentDictionary<string, Instance> _instances = new();
    private readonly ConcurrentDictionary<string, Instance> _strays = new();
    private readonly ConcurrentDictionary<string, ServerCredentials> _credentials = new();
    private int _created;
    private int _delivered;
    private int _listed;

    public string Name { get; init; } = "scripted";

    public ProviderDefaults Defaults { get; } = new("image", "region", "size", "linux/amd64");

    public IReadOnlyList<Placement> Alternatives { get; set; } = [];

    public TimeSpan ConsistencyWindow { get; set; }

    public TimeSpan DrainTimeout { get; set; }

    /// <summary>What is wrong with any user data; null: nothing.</summary>
    public string? UserDataProblem { get; set; }

    /// <summary>Runs before an instance is made; may throw or wait.</summary>
    public Func<CancellationToken, Task> BeforeCreate { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs when the instance is made and its answer is on the way; may throw or wait.</summary>
    public Func<CancellationToken, Task> AfterCreate { get; set; } = _ => Task.CompletedTask;

    /// <summary>Whether an acknowledged removal really happens.</summary>
    public bool Removes { get; set; } = true;

    /// <summary>Runs before an instance is removed; may throw.</summary>
    public Action BeforeDestroy { get; set; } = () => { };

    /// <summary>Runs before an instance is looked for; may throw.</summary>
    public Action BeforeFind { get; set; } = () => { };

    public bool CanDeliverCredentials { get; set; } = true;

    /// <summary>What is known of the address of a server with a uid before it is made.</summary>
    public Func<string, PlannedAddress?> Plan { get; set; } = _ => null;

    public PlannedAddress? PlanAddress(string uid) => Plan(uid);

    /// <summary>Runs before an instance is given new credentials; may throw or wait.</summary>
    public Func<CancellationToken, Task> BeforeDeliver { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs when it has them and the answer is on the way; may throw or wait.</summary>
    public Func<CancellationToken, Task> AfterDeliver { get; set; } = _ => Task.CompletedTask;

    /// <summary>Whether new credentials that were delivered are used.</summary>
    public bool TakesCredentials { get; set; } = true;

    /// <summary>How often new credentials were delivered.</summary>
    public int Delivered => _delivered;

    /// <summary>Runs before instances are listed; may throw.</summary>
    public Action BeforeList { get; set; } = () => { };

    /// <summary>What the answer to a create says of the address; looked for later, it is known.</summary>
    public string FirstAddress { get; set; } = "192.0.2.1";

    /// <summary>Whether it is asked in the name of somebody who has nothing here.</summary>
    public bool IsAnothers { get; set; }

    public int Created => _created;

    public int Destroyed { get; private set; }

    /// <summary>How many listings were answered or refused.</summary>
    public int Listed => _listed;

    /// <summary>The places that were asked for an instance, in turn.</summary>
    public ConcurrentQueue<Placement> Asked { get; } = new();

    /// <summary>The uids of the servers that it was asked to make an instance for, in turn.</summary>
    public ConcurrentQueue<string> AskedFor { get; } = new();

    /// <summary>The places that are out of stock.</summary>
    public ConcurrentDictionary<Placement, bool> OutOfStock { get; } = new();

    public IReadOnlyCollection<Instance> Instances => [.. _instances.Values, .. _strays.Values];

    public string? CheckUserData(string userData) => UserDataProblem;

    public async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
    {
        var placement = new Placement(spec.Region, spec.Size);
        Asked.Enqueue(placement);
        AskedFor.Enqueue(spec.Uid);
        if (OutOfStock.ContainsKey(placement))
            throw new ProviderException(ProviderFault.CapacityUnavailable, $"{placement} is out of stock.");
        await BeforeCreate(cancellationToken);
        var number = Interlocked.Increment(ref _created);
        var instance = new Instance($"i-{number}", spec.Uid, spec.Name, "192.0.2.1", DateTimeOffset.UnixEpoch);
        Assert.True(_instances.TryAdd(spec.Uid, instance), "a second instance of one server");
        _credentials[spec.Uid] = spec.Credentials;
        await AfterCreate(cancellationToken);
        return instance with { Address = FirstAddress };
    }

    public Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken)
    {
        BeforeFind();
        if (IsAnothers)
            return Task.FromResult<Instance?>(null);
        return Task.FromResult(_instances.GetValueOrDefault(uid) ?? _strays.Values.FirstOrDefault(stray => stray.Uid == uid));
    }

    public Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken)
    {
        var all = Instances;
        Interlocked.Increment(ref _listed);
        BeforeList();
        return Task.FromResult<IReadOnlyList<Instance>>(IsAnothers ? [] : [.. all]);
    }

    public Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
    {
        BeforeDestroy();
        if (IsAnothers)
            return Task.CompletedTask;
        Destroyed++;
        if (Removes && !_strays.TryRemove(instance.Id, out _))
            _instances.TryRemove(instance.Uid, out _);
        return Task.CompletedTask;
    }

    public async Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
    {
        await BeforeDeliver(cancellationToken);
        if (!_instances.ContainsKey(instance.Uid))
            throw new ProviderException(ProviderFault.NotFound, "It is not there.");
        Interlocked.Increment(ref _delivered);
        if (TakesCredentials)
            _credentials[instance.Uid] = next.Credentials;
        await AfterDeliver(cancellationToken);
    }

    /// <summary>Whether the server's machine answers to what the server presents.</summary>
    public bool Admits(ServerRecord server) => !_credentials.TryGetValue(server.Uid, out var known)
        || known.TlsCertificate.Span.SequenceEqual(server.Credentials.TlsCertificate.Span);

    /// <summary>Puts an instance there that nobody asked for.</summary>
    public void Stray(Instance instance) => Assert.True(_strays.TryAdd(instance.Id, instance));

    /// <summary>Moves all instances to another address.</summary>
    public void Move(string address) => Change(instance => instance with { Address = address });

    /// <summary>Changes what is told of all instances.</summary>
    public void Change(Func<Instance, Instance> change)
    {
        foreach (var (uid, instance) in _instances)
            _instances[uid] = change(instance);
    }

    /// <summary>What a provider does when a machine dies by itself.</summary>
    public void Lose() => _instances.Clear();
}
