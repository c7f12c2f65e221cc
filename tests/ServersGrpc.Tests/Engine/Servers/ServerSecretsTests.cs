using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Servers;

public sealed class ServerSecretsTests
{
    [Fact]
    public void Generate_Always_32OfTheAlphabet() => Assert.Matches("^[A-Za-z0-9]{32}$", ServerSecrets.Generate());

    [Fact]
    public void Generate_ManyTimes_UsesTheWholeAlphabetAndRepeatsNothing()
    {
        var secrets = Enumerable.Range(0, 1000).Select(_ => ServerSecrets.Generate()).ToList();

        Assert.Equal(secrets.Count, secrets.Distinct().Count());
        Assert.Equal(62, secrets.SelectMany(secret => secret).Distinct().Count());
    }
}
