using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Lifecycle.Sweep;

/// <summary>Rule 13 in thousands of worlds: what is owned never dies, what is foreign is never touched, what is nobody's goes in time.</summary>
public class OrphanSweepTests
{
    private const int Worlds = 3000;
    private const int Sweeps = 30;
    private const int LeastLimit = 3;

    [Fact]
    public async Task Sweep_AnyListings_RemovesOnlyOrphansAndNeverMoreThanItMay()
    {
        var removed = 0;
        for (var seed = 0; seed < Worlds; seed++)
        {
            using var world = new SweepWorld(seed);
            world.Provider.RemovalFails = () => world.Chance(0.2);
            var foreign = world.Provider.Foreign.Count;
            for (var i = 0; i < Sweeps; i++)
            {
                world.Pass();
                world.Provider.Listing = world.Chance(0.5) ? Listing.Complete : Enum.GetValues<Listing>()[i % 5];
                await world.SweepAsync();

                removed += world.Provider.Removed.Count;
                Assert.True(world.Provider.Removed.TrueForAll(world.IsOrphan), $"Seed {seed}: a machine was removed that a server has.");
                Assert.True(
                    world.Provider.Removed.Count <= Math.Max(LeastLimit, world.Provider.Listed / 10), $"Seed {seed}: {world.Provider.Removed.Count} removed at once.");
                Assert.True(
                    world.Provider.Listing is Listing.Complete or Listing.Stale || world.Provider.Removed.Count == 0,
                    $"Seed {seed}: removed after a listing that was {world.Provider.Listing}.");
            }
            Assert.Equal(foreign, world.Provider.Foreign.Count);
        }
        Assert.True(removed > Worlds, $"only {removed} removals were seen");
    }

    [Fact]
    public async Task Sweep_CompleteListings_RemovesEveryOrphanWithinItsBound()
    {
        var bounded = 0;
        for (var seed = 0; seed < Worlds; seed++)
        {
            using var world = new SweepWorld(seed);
            for (var i = 0; i < 8; i++)
            {
                world.Pass();
                world.Provider.Listing = world.Chance(0.7) ? Listing.Complete : Listing.Failing;
                await world.SweepAsync();
            }
            // More than the limit at once is for people to look at.
            if (world.Provider.Ours.Values.Count(world.IsOrphan) > LeastLimit)
                continue;
            bounded++;
            world.Provider.Listing = Listing.Complete;
            for (var passed = TimeSpan.Zero; passed <= world.Bound; passed += world.Options.SweepInterval)
            {
                world.Pass(quietly: true);
                await world.SweepAsync();
            }

            Assert.True(!world.Provider.Ours.Values.Any(world.IsOrphan), $"Seed {seed}: an orphan has outlived {world.Bound}.");
        }
        Assert.True(bounded > Worlds / 4, $"only {bounded} worlds had few enough orphans");
    }

    [Fact]
    public async Task Sweep_OnlyToTell_RemovesNothing()
    {
        for (var seed = 0; seed < Worlds / 10; seed++)
        {
            using var world = new SweepWorld(seed, SweepMode.Log);
            for (var i = 0; i < Sweeps; i++)
            {
                world.Pass();
                await world.SweepAsync();
                Assert.Empty(world.Provider.Removed);
            }
        }
    }

    [Fact]
    public async Task Sweep_SecondMachineOfAServer_LeavesTheOneThatTheServerNames()
    {
        var pairs = 0;
        for (var seed = 0; seed < Worlds; seed++)
        {
            using var world = new SweepWorld(seed);
            for (var i = 0; i < Sweeps; i++)
            {
                world.Pass();
                var named = world.Servers.Rows.Values.Where(row => row.State != ServerState.Stopped && world.Provider.Ours.ContainsKey(row.InstanceId))
                    .Select(row => row.InstanceId).ToList();
                pairs += world.Provider.Ours.Values.GroupBy(instance => instance.Uid).Count(group => group.Count() > 1);
                await world.SweepAsync();
                Assert.True(named.TrueForAll(world.Provider.Ours.ContainsKey), $"Seed {seed}: a machine is gone that its server names.");
            }
        }
        Assert.True(pairs > Worlds, $"only {pairs} pairs were seen");
    }
}
