using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Benchmarks.Engine;

/// <summary>A provider that answers at once: what time is left is the engine's own.</summary>
internal sealed class InstantProvider : IServerProvider
{
    // The name of the embedded one, so that a service can be started on what was written with this one.
    public string Name => "local";

    public ProviderDefaults Defaults { get; } = new("image", "region", "size", "linux/amd64");

    /// <summary>What a listing answers.</summary>
    public IReadOnlyList<Instance> Instances { get; set; } = [];

    public Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) =>
        Task.FromResult(new Instance("instance-" + spec.Uid, spec.Uid, spec.Name, "127.0.0.1", TimeProvider.System.GetUtcNow()));

    public Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) => Task.FromResult<Instance?>(null);

    public Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) => Task.FromResult(Instances);

    public Task DestroyAsync(Instance instance, CancellationToken cancellationToken) => Task.CompletedTask;
}
