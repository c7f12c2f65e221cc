using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Providers;

public sealed class LoopbackAddressTests
{
    [Theory]
    [InlineData("000000", "127.1.0.1", "127.1.0.2")]
    [InlineData("0101ff", "127.2.1.2", "127.2.2.1")]
    [InlineData("ffffff", "127.2.255.2", "127.1.0.1")]
    public void Candidates_Uid_BeginWithTheOneThatItNames(string uid, string first, string second) =>
        Assert.Equal([first, second], LoopbackAddress.Candidates(uid).Take(2).Select(address => address.ToString()));

    [Fact]
    public void Candidates_All_AreInTheRangeThatNoOtherProgramUses() => Assert.All(
        LoopbackAddress.Candidates("fe0000").Take(0x30000).Select(address => address.GetAddressBytes()),
        bytes => Assert.True(bytes is [127, >= 1 and <= 254, _, >= 1 and <= 254]));
}
