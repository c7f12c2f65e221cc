using ServersGrpc.Api;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Api;

public sealed class ServerMessagesTests
{
    private static readonly ServerRecord Record = new()
    {
        Uid = "5f0c9f2e0d2b4b8e9a573d1c2f7f9b11",
        Name = "agent-1",
        Provider = "local",
        Credentials = ServerCredentials.None,
        Created = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
    };

    [Fact]
    public void ToMessage_TheSameRecord_IsTheSameMessage() => Assert.Same(Record.ToMessage(), Record.ToMessage());

    [Fact]
    public void ToMessage_AnEqualRecord_IsAMessageOfItsOwn() => Assert.NotSame(Record.ToMessage(), (Record with { }).ToMessage());

    [Fact]
    public void ToMessage_AChangedRecord_SaysTheChange()
    {
        var before = Record.ToMessage();

        var after = (Record with { State = ServerState.Running, Revision = 17 }).ToMessage();

        Assert.Equal(("pending", "running", "11"), (before.State, after.State, after.Etag));
    }
}
