using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Lifecycle;

public class ShortagesTests
{
    private static readonly Placement North = new("north", "small");
    private static readonly Placement South = new("south", "small");
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Available_NothingRemembered_StillTriesEachPlaceOnceATry()
    {
        // Seen in a simulation: the place that had just refused was asked again at once, and again, until the deadline.
        var shortages = new Shortages(new() { ShortageMemory = TimeSpan.Zero });
        var server = new ServerRecord
        {
            Uid = "uid",
            Name = "one",
            Provider = "scripted",
            Placements = [North, South],
            Credentials = ServerCredentials.None,
            Created = Now,
        };

        shortages.Remember(server with { Region = North.Region, Size = North.Size }, Now);
        var second = shortages.Available(server, Now);
        shortages.Remember(server with { Region = South.Region, Size = South.Size }, Now);
        var third = shortages.Available(server, Now);
        shortages.EndTry(server);

        Assert.Equal((South, null, North), (second, third, shortages.Available(server, Now)));
    }
}
