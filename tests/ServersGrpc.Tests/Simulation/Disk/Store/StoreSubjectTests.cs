using ServersGrpc.Simulation.Disk;
using ServersGrpc.Simulation.Disk.Store;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.Simulation.Disk.Store;

/// <summary>The subject itself: it finds what is wrong with a store, and does the same again for the same seed.</summary>
public class StoreSubjectTests(ITestOutputHelper output)
{
    private const int Lineages = 40;
    private const int Repeated = 5;

    [Theory]
    [InlineData(DiskFlaw.DoesNotSyncLogs)]
    [InlineData(DiskFlaw.DoesNotCutLogs)]
    public void PowerCampaign_FlawedDisk_IsNoticed(DiskFlaw flaw) => IsNoticed(new PowerCampaign(
        seed => new StoreSubject(seed, isExact: true) { Disk = disk => new FlawedDirectory(disk, flaw) }).Run);

    [Fact]
    public void PowerCampaign_StoreThatAcknowledgesTooEarly_IsNoticed() =>
        IsNoticed(new PowerCampaign(seed => new StoreSubject(seed, isExact: true) { Front = store => new HastyStore(store) }).Run);

    [Fact]
    public void PowerCampaign_StoreThatDropsAnEvent_IsNoticed() =>
        IsNoticed(new PowerCampaign(seed => new StoreSubject(seed, isExact: true) { Front = store => new LossyStore(store) }).Run);

    [Fact]
    public void FaultCampaign_StoreThatDoesNotRecover_IsNoticed() => IsNoticed(new FaultCampaign(
        seed => new StoreSubject(seed, isExact: true) { Disk = disk => new FlawedDirectory(disk, DiskFlaw.StaysBroken) }).Run);

    [Fact]
    public void PowerCampaign_SameSeed_HappensAgain() => HappensAgain(new PowerCampaign(seed => new StoreSubject(seed, isExact: true)).Run);

    [Fact]
    public void FaultCampaign_SameSeed_HappensAgain() => HappensAgain(new FaultCampaign(seed => new StoreSubject(seed, isExact: true)).Run);

    private static void HappensAgain(Func<int, LineageResult> run)
    {
        var again = Enumerable.Range(1, Repeated).Count(seed => Ends(run(seed)).SequenceEqual(Ends(run(seed))));

        // LiteDB's indexes are random: one lineage in a hundred ends another way.
        Assert.InRange(again, Repeated - 2, Repeated);

        // How each life ended, and with how many writes.
        static IEnumerable<string> Ends(LineageResult result) => result.History.Select(life => life.Split(';')[0]);
    }

    private void IsNoticed(Func<int, LineageResult> run)
    {
        var counts = CampaignCounts.None;

        var failed = LineageRunner.Run(run, seed: 1, Lineages, mostFailures: 1, (_, all) => counts = all, CancellationToken.None);

        Assert.NotEmpty(failed);
        output.WriteLine($"Noticed after {counts}: {failed[0].Violation}");
    }
}
