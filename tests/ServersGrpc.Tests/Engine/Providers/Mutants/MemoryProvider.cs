using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Providers.Mutants;

/// <summary>The provider of machines in memory as it should be. Mutants override what they get wrong.</summary>
internal class MemoryProvider(MemoryMachines machines, string installationId) : IServerProvider
{
    public virtual string Name => "memory";

    public virtual ProviderDefaults Defaults => new("image", "region", "size", "linux/amd64");

    public virtual bool CanDeliverCredentials => true;

    protected MemoryMachines Machines => machines;

    protected string InstallationId => installationId;

    public virtual Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Answer(() => machines.Create(installationId, spec));
    }

    public virtual Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Answer(() => machines.Find(installationId, uid));
    }

    public virtual Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Answer<IReadOnlyList<Instance>>(() =>
        {
            var all = new List<Instance>();
            for (var number = 0; ; number++)
            {
                var (page, hasNext) = machines.Page(installationId, number);
                all.AddRange(page);
                if (!hasNext)
                    return all;
            }
        });
    }

    public virtual Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Answer(() =>
        {
            machines.Remove(installationId, present => instance.Id.Length > 0 ? present.Id == instance.Id : present.Uid == instance.Uid);
            return true;
        });
    }

    public virtual Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Answer(() => machines.Deliver(installationId, present => present.Uid == instance.Uid, next.Credentials) > 0
            ? true
            : throw new ProviderException(ProviderFault.NotFound, "It is not there."));
    }

    protected static async Task<T> Answer<T>(Func<T> answer)
    {
        // As over a network: others come in between.
        await Task.Yield();
        return answer();
    }
}
