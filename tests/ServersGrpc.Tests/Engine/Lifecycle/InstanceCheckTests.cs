using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.Engine.Lifecycle.Sweep;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>When an instance that its provider does not find is gone, and when it may only be too new to be found. Both were seen to fail in simulations.</summary>
public class InstanceCheckTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ScriptedProvider _provider = new() { ConsistencyWindow = Window };
    private readonly SettableTime _time = new();
    private readonly ListedServers _servers = new();
    private readonly InstanceCheck _check;
    private ServerRecord _server = new()
    {
        Uid = "uid",
        Name = "one",
        Provider = "scripted",
        Credentials = ServerCredentials.None,
        Created = DateTimeOffset.UnixEpoch,
    };

    public InstanceCheckTests() =>
        _check = new(new([_provider]), new(_time), new(_servers, _time), new(), _time, NullLogger<InstanceCheck>.Instance);

    [Fact]
    public async Task Find_ProviderDoesNotKnowAServerThatAnswersEither_IsNotBelieved()
    {
        _servers.Rows["other"] = Other(DateTimeOffset.UnixEpoch);
        _time.Pass(Window * 2);
        await FindForAWindowAsync();

        var fault = await Assert.ThrowsAsync<ProviderException>(FindAsync);
        Assert.Equal(ProviderFault.Transient, fault.Fault);
        Assert.Contains("does not know server \"two\" either", fault.Message, StringComparison.Ordinal);

        // It is silent itself, or is found: then the word counts.
        _servers.Rows["other"] = _servers.Rows["other"] with { Probes = 1 };
        Assert.Equal(Presence.Gone, await FindAsync());
        _servers.Rows["other"] = _servers.Rows["other"] with { Probes = 0 };
        _provider.Stray(new("i-2", "other", "two", "", DateTimeOffset.UnixEpoch));
        await FindForAWindowAsync();
        Assert.Equal(Presence.Gone, await FindAsync());
    }

    [Fact]
    public async Task Find_AllStartedBeforeTheClockWasSetBack_AreWitnessesAllTheSame()
    {
        _servers.Rows["other"] = Other(_time.GetUtcNow() + TimeSpan.FromDays(1));
        await FindForAWindowAsync();

        await Assert.ThrowsAsync<ProviderException>(FindAsync);
    }

    [Fact]
    public async Task Find_ClockSetOnWithinTheWindow_IsMissedAndNotGone()
    {
        var first = await FindAsync();
        _time.Set(TimeSpan.FromDays(1));
        var second = await FindForAWindowAsync();

        Assert.Equal((Presence.Missed, Presence.Missed, Presence.Gone), (first, second, await FindAsync()));
    }

    [Fact]
    public async Task Find_AnswerLongerInComingThanTheWindow_TellsOfWhenItWasAskedFor()
    {
        var first = await FindAsync();
        _provider.BeforeFind = () => _time.Pass(Window);
        var second = await FindAsync();
        _provider.BeforeFind = () => _time.Pass(Window / 3);
        var third = await FindAsync();
        var fourth = await FindAsync();

        Assert.Equal([Presence.Missed, Presence.Missed, Presence.Missed, Presence.Missed], [first, second, third, fourth]);
    }

    [Fact]
    public async Task Find_OnlyTwoLooksAWindowApart_MayBothFallIntoLapses()
    {
        var first = await FindAsync();
        _time.Pass(Window * 2);
        var second = await FindAsync();

        Assert.Equal((Presence.Missed, Presence.Missed), (first, second));
    }

    [Fact]
    public async Task Find_LooksThatFollowEachOtherAtOnce_CountAsOne()
    {
        for (var looks = 0; looks < 10; looks++)
        {
            Assert.Equal(Presence.Missed, await FindAsync());
            _time.Pass(Window / 100);
        }
    }

    [Fact]
    public async Task Find_Missed_SaysWhenALookTellsMore()
    {
        var first = await _check.FindAsync(_server, _time.GetUtcNow(), CancellationToken.None);

        Assert.Equal(_time.GetUtcNow() + (Window / 3), first.LookAgain);
    }

    private ServerRecord Other(DateTimeOffset started) => _server with
    {
        Uid = "other",
        Name = "two",
        State = ServerState.Running,
        InstanceId = "i-2",
        Started = started,
    };

    // The last look before it is certain.
    private async Task<Presence> FindForAWindowAsync()
    {
        await FindAsync();
        _time.Pass(Window / 3);
        await FindAsync();
        _time.Pass(Window / 3);
        var last = await FindAsync();
        _time.Pass(Window / 3);
        return last;
    }

    private async Task<Presence> FindAsync()
    {
        var sighting = await _check.FindAsync(_server, _time.GetUtcNow(), CancellationToken.None);
        _server = _server with { AbsentSince = sighting.AbsentSince };
        return sighting.Presence;
    }
}
