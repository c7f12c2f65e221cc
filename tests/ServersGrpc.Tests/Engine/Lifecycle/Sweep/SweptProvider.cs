using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Lifecycle.Sweep;

/// <summary>A provider whose listings are as a test wants them, with machines of two installations.</summary>
internal sealed class SweptProvider : IServerProvider
{
    private IReadOnlyList<Instance> _lastTime = [];

    public Dictionary<string, Instance> Ours { get; } = [];

    /// <summary>Of another installation: never listed, never to be touched.</summary>
    public Dictionary<string, Instance> Foreign { get; } = [];

    public Listing Listing { get; set; }

    /// <summary>How many the last listing told of.</summary>
    public int Listed { get; private set; }

    /// <summary>What was removed since the last listing was asked for.</summary>
    public List<Instance> Removed { get; } = [];

    /// <summary>Whether a removal fails.</summary>
    public Func<bool> RemovalFails { get; set; } = () => false;

    public string Name => "swept";

    public ProviderDefaults Defaults { get; } = new("image", "region", "size", "linux/amd64");

    public Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken)
    {
        Removed.Clear();
        Instance[] now = [.. Ours.Values];
        var answer = Listing switch
        {
            Listing.Failing or Listing.Truncated => throw new ProviderException(ProviderFault.Transient, "The listing was cut short."),
            Listing.Empty => [],
            Listing.Stale => _lastTime,
            _ => now,
        };
        _lastTime = now;
        Listed = answer.Count;
        return Task.FromResult(answer);
    }

    public Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
    {
        Removed.Add(instance);
        if (RemovalFails())
            throw new ProviderException(ProviderFault.Transient, "It stays.");
        Ours.Remove(instance.Id);
        Foreign.Remove(instance.Id);
        return Task.CompletedTask;
    }

    public Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) => throw new NotSupportedException();
}
