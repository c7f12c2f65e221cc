using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>What a clock that is set, on or back, must not do. All of it was seen in simulations.</summary>
public sealed class SetClockTests : IDisposable
{
    private readonly StoreFixture _store = new();

    [Fact]
    public async Task WakeAll_LeaseOfTheOldTime_EndsNoLaterThanANewOne()
    {
        await _store.AddAsync("one");
        var lease = _store.Lease("dead");
        await _store.Store.ClaimAsync(lease, 1, _ => 1, startNew: true, StoreFixture.Timeout);

        // Set back by an hour: a lease that is given now ends so much earlier.
        var longest = lease.Until - TimeSpan.FromHours(1);
        await _store.Store.WakeAllAsync(longest, StoreFixture.Timeout);

        var server = await _store.Store.FindAsync("one", StoreFixture.Timeout);
        Assert.Equal((longest, longest), (server!.LeaseUntil, server.WakeAt));
    }

    [Fact]
    public async Task Claim_TwiceInOneProcess_HasAnotherOwner()
    {
        // What comes back after its lease must not give back the lease of the claim that followed: the two would drive each other for ever.
        await using var engine = new EngineFixture();
        var hang = new TaskCompletionSource();
        engine.Provider.BeforeCreate = hang.Task.WaitAsync;
        await engine.StartAsync();
        await engine.ProvisionAsync("one");
        var one = await engine.IsAsync(ServerState.Creating, "one");
        await engine.ProvisionAsync("two");
        var two = await engine.IsAsync(ServerState.Creating, "two");

        hang.SetResult();
        Assert.NotEqual(one.LeaseOwner, two.LeaseOwner);
    }

    public void Dispose() => _store.Dispose();
}
