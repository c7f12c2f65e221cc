using System.Collections.Concurrent;
using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>A provider in memory that does what a test tells it to, and counts what would be billed.</summary>
internal sealed class ScriptedProvider : IServerProvider
{
    private readonly ConcurrentDictionary<string, Instance> _instances = new();
    private int _created;

    public string Name => "scripted";

    public ProviderDefaults Defaults { get; } = new("image", "region", "size", "linux/amd64");

    public TimeSpan ConsistencyWindow { get; set; }

    public TimeSpan DrainTimeout { get; set; }

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

    /// <summary>What the answer to a create says of the address; looked for later, it is known.</summary>
    public string FirstAddress { get; set; } = "192.0.2.1";

    public int Created => _created;

    public int Destroyed { get; private set; }

    public IReadOnlyCollection<Instance> Instances => [.. _instances.Values];

    public async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
    {
        await BeforeCreate(cancellationToken);
        var number = Interlocked.Increment(ref _created);
        var instance = new Instance($"i-{number}", spec.Uid, spec.Name, "192.0.2.1", DateTimeOffset.UnixEpoch);
        Assert.True(_instances.TryAdd(spec.Uid, instance), "a second instance of one server");
        await AfterCreate(cancellationToken);
        return instance with { Address = FirstAddress };
    }

    public Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken)
    {
        BeforeFind();
        return Task.FromResult(_instances.GetValueOrDefault(uid));
    }

    public Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Instance>>([.. _instances.Values]);

    public Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
    {
        BeforeDestroy();
        Destroyed++;
        if (Removes)
            _instances.TryRemove(instance.Uid, out _);
        return Task.CompletedTask;
    }

    /// <summary>What a provider does when a machine dies by itself.</summary>
    public void Lose() => _instances.Clear();
}
