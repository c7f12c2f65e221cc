using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Servers;

public sealed class ServerNamesTests
{
    [Fact]
    public void Generate_Prefix_PrefixAndEightOfTheAlphabet()
    {
        Assert.Matches("^agent-[a-z0-9]{8}$", ServerNames.Generate("agent-"));
        Assert.Matches("^[a-z0-9]{8}$", ServerNames.Generate(""));
    }

    [Fact]
    public void Generate_ManyTimes_UsesTheWholeAlphabetAndRepeatsNothing()
    {
        var names = Enumerable.Range(0, 2000).Select(_ => ServerNames.Generate("")).ToList();

        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Equal(36, names.SelectMany(name => name).Distinct().Count());
    }
}
