using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Watch;

namespace ServersGrpc.Tests.Engine.Storage.Watch;

public class ServerCacheTests
{
    [Fact]
    public void Load_NameHasPassedToAnotherServer_FindByUidDoesNotMixThem()
    {
        var cache = new ServerCache();
        cache.Put(NewServer("first"));

        cache.Load([NewServer("second")]);

        Assert.Null(cache.FindByUid("first"));
        Assert.Equal("second", cache.FindByUid("second")!.Uid);
        Assert.Equal("second", Assert.Single(cache.All).Uid);
    }

    private static ServerRecord NewServer(string uid) =>
        new() { Uid = uid, Name = "web", Provider = "scripted", Credentials = ServerCredentials.None, Created = default };
}
