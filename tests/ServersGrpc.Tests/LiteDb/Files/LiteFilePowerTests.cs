using ServersGrpc.Simulation.Disk;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.LiteDb.Files;

/// <summary>A database on disks that lose power and fail; build/simulate --power-loss and --disk-faults run thousands of lineages.</summary>
public class LiteFilePowerTests(ITestOutputHelper output)
{
    private const int Lineages = 12;

    [Fact]
    public void PowerCampaign_LiteFile_KeepsWhatWasCommitted() => Run(new PowerCampaign(_ => new LiteFileSubject()).Run);

    [Fact]
    public void FaultCampaign_LiteFile_KeepsWhatWasCommitted() => Run(new FaultCampaign(_ => new LiteFileSubject()).Run);

    [Theory]
    [InlineData("servers.litedb")]
    [InlineData("servers.litedb-log")]
    [InlineData(ForgetfulDirectory.Itself)]
    public void PowerCampaign_SyncsAreForgotten_IsNoticed(string forgets)
    {
        var failed = LineageRunner.Run(
            new PowerCampaign(_ => new ForgetfulSubject(forgets)).Run, seed: 1, lineages: 200, mostFailures: 1, (_, _) => { }, CancellationToken.None);

        Assert.NotEmpty(failed);
        output.WriteLine(failed[0].Violation);
    }

    private void Run(Func<int, LineageResult> run)
    {
        var total = CampaignCounts.None;
        var failed = LineageRunner.Run(run, seed: 1, Lineages, mostFailures: 1, (_, counts) => total = counts, CancellationToken.None);

        output.WriteLine(total.ToString());
        foreach (var line in failed.SelectMany(result => result.History))
            output.WriteLine(line);
        Assert.Empty(failed.Select(result => $"seed {result.Seed}: {result.Violation}"));
    }
}
