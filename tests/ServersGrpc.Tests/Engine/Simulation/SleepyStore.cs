using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>Does not notice that the clock was set back.</summary>
internal sealed class SleepyStore(IStorageEngine inner) : StoreMutant(inner)
{
    private DateTimeOffset _latest;

    public override Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken)
    {
        _latest = lease.From > _latest ? lease.From : _latest;
        return lease.From < _latest ? Task.FromResult(new Claim([], _latest)) : base.ClaimAsync(lease, limit, share, cancellationToken);
    }
}
