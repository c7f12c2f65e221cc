using ServersGrpc.Simulation.Kills;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.Simulation.Kills;

/// <summary>A process that writes to the store is killed, on a real disk.</summary>
public class KillCampaignTests(ITestOutputHelper output)
{
    private const int Kills = 50;

    [Fact]
    public async Task Run_ProcessKilledAgainAndAgain_HoldsAllThatWasAcknowledged()
    {
        var seed = Random.Shared.Next();

        var (violation, kills, acknowledged) = await KillCampaign.RunAsync(Kills, seed, CancellationToken.None);

        output.WriteLine($"{acknowledged} acknowledged writes. Again, nearly: build/simulate --kills {Kills} --seed {seed}");
        Assert.Null(violation);
        Assert.Equal(Kills, kills);
        Assert.InRange(acknowledged, 20 * Kills, long.MaxValue);
    }
}
