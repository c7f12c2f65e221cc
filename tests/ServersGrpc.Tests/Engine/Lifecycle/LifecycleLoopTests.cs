using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Simulation;
using ServersGrpc.Tests.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Lifecycle;

public sealed class LifecycleLoopTests
{
    [Fact]
    public async Task Stop_WhileTheDatabaseRefusesEveryClaimForAWhile_Ends()
    {
        using var files = new StoreFixture();
        var store = new SlowlyRefusingStore(files.Store, files.Time);
        using var loop = new LifecycleLoop(store, null!, new(), files.Time, TaskScheduler.Default, NullLogger<LifecycleLoop>.Instance);
        await loop.StartedAsync(StoreFixture.Timeout);
        await EngineFixture.UntilAsync(() =>
        {
            // It waits between two tries.
            files.Time.Advance(TimeSpan.FromSeconds(1));
            return store.Claims > 2;
        });

        await loop.StopAsync(StoreFixture.Timeout).WaitAsync(StoreFixture.Timeout);

        var claims = store.Claims;
        files.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(claims, store.Claims);
    }

    /// <summary>Waits for a lock longer than the loop waits between two tries.</summary>
    private sealed class SlowlyRefusingStore(IStorageEngine inner, ManualTime time) : StoreMutant(inner)
    {
        private int _claims;

        public int Claims => _claims;

        public override Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _claims);
            time.Advance(TimeSpan.FromSeconds(10));
            throw new StoreUnavailableException("The database is locked by another process.");
        }
    }
}
