using ServersGrpc.Simulation.Disk;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.Simulation.Disk;

/// <summary>The campaigns themselves: they let a right store pass, and find what is wrong with others.</summary>
public class PowerCampaignTests(ITestOutputHelper output)
{
    private const int Lineages = 40;

    [Fact]
    public void PowerCampaign_RightStore_Passes()
    {
        var (failed, counts) = Run(new PowerCampaign(_ => new ToySubject(ToyFlaw.None)).Run, int.MaxValue);

        Assert.Empty(failed.Select(result => $"{result.Seed}: {result.Violation}"));
        Assert.Equal(Lineages * PowerCampaign.LossesPerLineage, counts.Losses);
        Assert.True(counts is { InOpening: > 10, InCheckpoint: > 10, Acknowledged: > 1000, KeptWhole: > 10 }, counts.ToString());
    }

    [Theory]
    [InlineData(ToyFlaw.AcknowledgesBeforeSync)]
    [InlineData(ToyFlaw.NoChecksum)]
    [InlineData(ToyFlaw.NoSyncBeforeRename)]
    [InlineData(ToyFlaw.NoDirectorySyncAfterRename)]
    [InlineData(ToyFlaw.ForgetsAWriteInCheckpoints)]
    [InlineData(ToyFlaw.CannotOpenAfterLoss)]
    public void PowerCampaign_WrongStore_Fails(ToyFlaw flaw)
    {
        var (failed, _) = Run(new PowerCampaign(_ => new ToySubject(flaw)).Run, mostFailures: 1);

        Assert.NotEmpty(failed);
    }

    [Fact]
    public void FaultCampaign_RightStore_Passes()
    {
        var (failed, counts) = Run(new FaultCampaign(_ => new ToySubject(ToyFlaw.None)).Run, int.MaxValue);

        Assert.Empty(failed.Select(result => $"{result.Seed}: {result.Violation}"));
        Assert.InRange(counts.Losses, 2 * Lineages, int.MaxValue);
        Assert.True(counts is { Faults: > 50, InOpening: > 10, InCheckpoint: > 5, Acknowledged: > 1000 }, counts.ToString());
        Assert.InRange(counts.KeptWhole, 10, counts.Faults);
    }

    [Theory]
    [InlineData(ToyFlaw.AcknowledgesBeforeSync)]
    [InlineData(ToyFlaw.TrustsReadsAfterFailedSync)]
    public void FaultCampaign_WrongStore_Fails(ToyFlaw flaw)
    {
        var (failed, _) = Run(new FaultCampaign(_ => new ToySubject(flaw)).Run, mostFailures: 1);

        Assert.NotEmpty(failed);
    }

    [Fact]
    public void Run_SameSeed_HappensAgainExactly()
    {
        var flawed = new PowerCampaign(_ => new ToySubject(ToyFlaw.NoDirectorySyncAfterRename));
        var (failed, _) = Run(flawed.Run, mostFailures: 1);

        var again = flawed.Run(failed[0].Seed);

        Assert.Equal(failed[0].Violation, again.Violation);
        Assert.Equal(failed[0].History, again.History);
        Assert.Equal(failed[0].Counts, again.Counts);
    }

    private (IReadOnlyList<LineageResult> Failed, CampaignCounts Counts) Run(Func<int, LineageResult> run, int mostFailures)
    {
        var total = CampaignCounts.None;
        var failed = LineageRunner.Run(run, seed: 1, Lineages, mostFailures, (_, counts) => total = counts, CancellationToken.None);
        output.WriteLine(total.ToString());
        foreach (var result in failed)
            output.WriteLine($"{string.Join('\n', result.History)}\nSeed {result.Seed}: {result.Violation}");
        return (failed, total);
    }
}
