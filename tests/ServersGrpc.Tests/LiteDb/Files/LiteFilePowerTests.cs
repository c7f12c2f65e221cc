using ServersGrpc.Simulation.Disk;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.LiteDb.Files;

/// <summary>The files without some of their syncs: that losses of power find what is missing shows that each sync is needed, and looked for.</summary>
public class LiteFilePowerTests(ITestOutputHelper output)
{
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
}
