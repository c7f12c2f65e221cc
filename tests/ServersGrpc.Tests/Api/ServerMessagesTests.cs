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
    public void ToMessage_TheSameRecord_IsTheSameMessage() => Assert.Same(Record.ToMessage(withSecrets: true), Record.ToMessage(withSecrets: true));

    [Fact]
    public void ToMessage_AnEqualRecord_IsAMessageOfItsOwn() => Assert.NotSame(Record.ToMessage(withSecrets: true), (Record with { }).ToMessage(withSecrets: true));

    [Fact]
    public void ToMessage_AChangedRecord_SaysTheChange()
    {
        var before = Record.ToMessage(withSecrets: true);

        var after = (Record with { State = ServerState.Running, Revision = 17 }).ToMessage(withSecrets: true);

        Assert.Equal(("pending", "running", "11"), (before.State, after.State, after.Etag));
    }

    [Fact]
    public void ToMessage_AnAddressThatIsOnlyPlanned_IsNotTold()
    {
        var planned = Record with { Address = "127.1.2.3" };

        Assert.Equal("", planned.ToMessage(withSecrets: true).Address);
        Assert.Equal("127.1.2.3", (planned with { InstanceId = "i-1" }).ToMessage(withSecrets: true).Address);
    }

    [Fact]
    public void ToMessage_WithoutSecrets_KeepsWhatIsPublic()
    {
        var whole = Record with
        {
            Secret = "secret",
            UserData = "data",
            Credentials = new("ca key"u8.ToArray(), "ca cert"u8.ToArray(), "tls key"u8.ToArray(), "tls cert"u8.ToArray()),
        };

        var withheld = whole.ToMessage(withSecrets: false);
        var told = whole.ToMessage(withSecrets: true);

        Assert.Equal(("", 0, 0), (withheld.Secret, withheld.CaKey.Length, withheld.TlsKey.Length));
        Assert.Equal(("ca cert", "tls cert"), (withheld.CaCert.ToStringUtf8(), withheld.TlsCert.ToStringUtf8()));
        Assert.Equal(("secret", "ca key", "tls key"), (told.Secret, told.CaKey.ToStringUtf8(), told.TlsKey.ToStringUtf8()));
        // Nothing else differs.
        (told.Secret, told.CaKey, told.TlsKey) = ("", Google.Protobuf.ByteString.Empty, Google.Protobuf.ByteString.Empty);
        Assert.Equal(told, withheld);
    }
}
