using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.Engine.Lifecycle;

namespace ServersGrpc.Tests.Engine.Fleet;

/// <summary>The fleet alone: no lifecycle runs, so servers stay as they were asked for.</summary>
public sealed class FleetTests : IAsyncLifetime
{
    private readonly EngineFixture _engine = new();

    private static CancellationToken Timeout => EngineFixture.Timeout;

    [Fact]
    public async Task Provision_NothingAsked_IsGivenEveryDefault()
    {
        var server = await _engine.Fleet.ProvisionAsync(new(), EngineFixture.Tester, Timeout);

        Assert.Matches("^agent-[a-z0-9]{8}$", server.Name);
        Assert.Matches("^[A-Za-z0-9]{32}$", server.Secret);
        Assert.Equal(("scripted", "image", "region", "size", "linux/amd64", 2),
            (server.Provider, server.Image, server.Region, server.Size, server.Platform, server.Capacity));
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", System.Text.Encoding.ASCII.GetString(server.Credentials.CaCertificate.Span));
    }

    [Fact]
    public async Task Provision_EverythingAsked_IsKept()
    {
        var request = new ProvisionRequest
        {
            Name = "one",
            Provider = "scripted",
            Image = "i",
            Region = "r",
            Size = "s",
            Capacity = 7,
            Labels = new Dictionary<string, string> { ["a"] = "b" },
            UserData = "u",
        };

        var server = await _engine.Fleet.ProvisionAsync(request, EngineFixture.Tester, Timeout);

        Assert.Equal(("one", "i", "r", "s", 7, "u"), (server.Name, server.Image, server.Region, server.Size, server.Capacity, server.UserData));
        Assert.Equal("b", server.Labels["a"]);
    }

    [Fact]
    public async Task Provision_UserDataThatTheProviderCannotUse_IsRefusedInItsWords()
    {
        _engine.Provider.UserDataProblem = "line 3: \"nam\" is no variable";

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => _engine.Fleet.ProvisionAsync(new() { UserData = "x" }, EngineFixture.Tester, Timeout));
        await _engine.Fleet.ProvisionAsync(new(), EngineFixture.Tester, Timeout);

        Assert.Equal(new("user_data", "line 3: \"nam\" is no variable"), Assert.Single(refused.Violations));
    }

    public static TheoryData<string, ProvisionRequest> BadRequests => new()
    {
        { "name", new() { Name = "Upper" } },
        { "name", new() { Name = "-a" } },
        { "name", new() { Name = "a-" } },
        { "name", new() { Name = "a.b" } },
        { "name", new() { Name = "../x" } },
        { "name", new() { Name = "a\n" } },
        { "name", new() { Name = new string('a', 64) } },
        { "provider", new() { Provider = "none" } },
        { "image", new() { Image = new string('a', 256) } },
        { "region", new() { Region = "a\tb" } },
        { "size", new() { Size = "\0" } },
        { "capacity", new() { Capacity = -1 } },
        { "capacity", new() { Capacity = 10_001 } },
        { "labels", new() { Labels = Enumerable.Range(0, 65).ToDictionary(i => $"k{i}", _ => "") } },
        { "labels", new() { Labels = new Dictionary<string, string> { ["-"] = "" } } },
        { "labels.a", new() { Labels = new Dictionary<string, string> { ["a"] = new string('b', 256) } } },
        { "user_data", new() { UserData = new string('ü', 16_385) } },
        { "request_id", new() { RequestId = new string('a', 129) } },
        { "request_id", new() { RequestId = "ü" } },
    };

    [Theory]
    [MemberData(nameof(BadRequests), DisableDiscoveryEnumeration = true)]
    public async Task Provision_BadField_IsNamedAndNothingIsStored(string field, ProvisionRequest request)
    {
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => _engine.Fleet.ProvisionAsync(request, EngineFixture.Tester, Timeout));

        Assert.Equal(field, Assert.Single(refused.Violations).Field);
        Assert.Empty((await ListAsync()).Servers);
    }

    [Fact]
    public async Task Provision_SeveralBadFields_AreAllNamed()
    {
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(
            () => _engine.Fleet.ProvisionAsync(new() { Name = "A", Capacity = -1, Provider = "none" }, EngineFixture.Tester, Timeout));

        Assert.Equal(["name", "provider", "capacity"], refused.Violations.Select(v => v.Field));
        Assert.Contains("scripted", refused.Message);
    }

    [Fact]
    public async Task Provision_SameRequestId100TimesAtOnce_IsOneServer()
    {
        var request = new ProvisionRequest { RequestId = "wish", Size = "large" };

        var servers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _engine.Fleet.ProvisionAsync(request, EngineFixture.Tester, Timeout)));

        Assert.Single(servers.Select(s => s.Uid).Distinct());
        Assert.Single((await ListAsync()).Servers);
        await Assert.ThrowsAsync<RequestIdReusedException>(
            () => _engine.Fleet.ProvisionAsync(request with { Size = "small" }, EngineFixture.Tester, Timeout));
    }

    [Fact]
    public async Task Provision_ValidateOnly_ChecksAndStoresNothing()
    {
        var server = await _engine.Fleet.ProvisionAsync(new() { Name = "one", ValidateOnly = true }, EngineFixture.Tester, Timeout);
        Assert.Equal(("one", "", true), (server.Name, server.Secret, server.Credentials.TlsKey.IsEmpty));
        Assert.Empty((await ListAsync()).Servers);

        await _engine.ProvisionAsync("one");
        await Assert.ThrowsAsync<NameTakenException>(
            () => _engine.Fleet.ProvisionAsync(new() { Name = "one", ValidateOnly = true }, EngineFixture.Tester, Timeout));
        _engine.FleetOptions.MaxServers = 1;
        await Assert.ThrowsAsync<ServerLimitException>(
            () => _engine.Fleet.ProvisionAsync(new() { ValidateOnly = true }, EngineFixture.Tester, Timeout));
    }

    [Fact]
    public async Task Provision_AtMaxServers_IsRefused()
    {
        _engine.FleetOptions.MaxServers = 1;
        await _engine.ProvisionAsync("one");

        await Assert.ThrowsAsync<ServerLimitException>(() => _engine.ProvisionAsync("two"));
    }

    [Fact]
    public async Task Get_UnknownName_IsNotFound() =>
        await Assert.ThrowsAsync<ServerNotFoundException>(() => _engine.Fleet.GetAsync("none", EngineFixture.Tester, Timeout).AsTask());

    [Fact]
    public async Task Get_NoName_IsABadRequest() =>
        Assert.Equal("name", Assert.Single((await Assert.ThrowsAsync<InvalidRequestException>(() => _engine.Fleet.GetAsync("", EngineFixture.Tester, Timeout).AsTask())).Violations).Field);

    [Fact]
    public async Task Get_EndlessName_IsNotRepeatedWhole() =>
        Assert.True((await Assert.ThrowsAsync<ServerNotFoundException>(() => _engine.Fleet.GetAsync(new string('a', 5000), EngineFixture.Tester, Timeout).AsTask())).Message.Length < 200);

    [Fact]
    public async Task Provision_ValidateOnlyOfARequestMadeBefore_AnswersItsServer()
    {
        var request = new ProvisionRequest { Name = "one", RequestId = "wish" };
        var made = await _engine.Fleet.ProvisionAsync(request, EngineFixture.Tester, Timeout);

        var checkedOnly = await _engine.Fleet.ProvisionAsync(request with { ValidateOnly = true }, EngineFixture.Tester, Timeout);

        Assert.Equal((made.Uid, ""), (checkedOnly.Uid, checkedOnly.Secret));
        await Assert.ThrowsAsync<RequestIdReusedException>(
            () => _engine.Fleet.ProvisionAsync(request with { Size = "other", ValidateOnly = true }, EngineFixture.Tester, Timeout));
    }

    [Fact]
    public async Task List_InPages_EveryServerOnceInOrder()
    {
        for (var i = 0; i < 7; i++)
            await _engine.ProvisionAsync($"s{i}");
        var names = new List<string>();
        var token = "";
        do
        {
            var page = await _engine.Fleet.ListAsync(new([], "", ""), 3, token, EngineFixture.Tester, Timeout);
            names.AddRange(page.Servers.Select(s => s.Name));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(["s0", "s1", "s2", "s3", "s4", "s5", "s6"], names);
    }

    [Fact]
    public async Task List_PageThatEndsExactly_HasNoNext()
    {
        await _engine.ProvisionAsync("one");

        Assert.Equal("", (await _engine.Fleet.ListAsync(new([], "", ""), 1, "", EngineFixture.Tester, Timeout)).NextPageToken);
    }

    [Theory]
    [InlineData("page_size", -1, "", "", "")]
    [InlineData("page_token", 0, "no token", "", "")]
    [InlineData("page_token", 0, "YQ", "", "")]
    [InlineData("state", 0, "", "sleeping", "")]
    [InlineData("label_selector", 0, "", "", "a=b,=c")]
    public async Task List_BadCondition_IsNamed(string field, int pageSize, string pageToken, string state, string selector)
    {
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(
            () => _engine.Fleet.ListAsync(new(state.Length > 0 ? [state] : [], "", selector), pageSize, pageToken, EngineFixture.Tester, Timeout));

        Assert.Equal(field, Assert.Single(refused.Violations).Field);
    }

    [Fact]
    public async Task List_ConditionsWithoutEnd_AreRefused()
    {
        var tooLong = await Assert.ThrowsAsync<InvalidRequestException>(
            () => _engine.Fleet.ListAsync(new([], "", string.Join(',', Enumerable.Repeat("!a", 1400))), 0, "", EngineFixture.Tester, Timeout));
        var many = await Assert.ThrowsAsync<InvalidRequestException>(
            () => _engine.Fleet.ListAsync(new([.. Enumerable.Repeat("running", 33)], "", ""), 0, "", EngineFixture.Tester, Timeout));

        Assert.Contains("at most 4096", Assert.Single(tooLong.Violations).Description);
        Assert.Contains("at most 32", Assert.Single(many.Violations).Description);
    }

    [Fact]
    public async Task List_TokenOfOtherConditions_IsRefused()
    {
        await _engine.ProvisionAsync("one");
        await _engine.ProvisionAsync("two");
        var token = (await _engine.Fleet.ListAsync(new([], "", ""), 1, "", EngineFixture.Tester, Timeout)).NextPageToken;

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(
            () => _engine.Fleet.ListAsync(new(["pending"], "", ""), 1, token, EngineFixture.Tester, Timeout));

        Assert.Contains("other conditions", refused.Message);
    }

    [Fact]
    public async Task List_Conditions_AreJoined()
    {
        await _engine.Fleet.ProvisionAsync(new() { Name = "a", Labels = new Dictionary<string, string> { ["team"] = "x" } }, EngineFixture.Tester, Timeout);
        await _engine.Fleet.ProvisionAsync(new() { Name = "b", Labels = new Dictionary<string, string> { ["team"] = "y" } }, EngineFixture.Tester, Timeout);
        await _engine.TerminateAsync("b");

        Assert.Equal(["a"], await NamesAsync(new(["pending"], "", "")));
        Assert.Equal(["a", "b"], await NamesAsync(new(["pending", "shutdown"], "scripted", "")));
        Assert.Equal(["b"], await NamesAsync(new([], "scripted", "team,team!=x")));
        Assert.Empty(await NamesAsync(new([], "other", "")));
    }

    [Fact]
    public async Task Terminate_EtagOfEarlier_IsRefusedAndNothingHappens()
    {
        var server = await _engine.ProvisionAsync();
        await Assert.ThrowsAsync<EtagMismatchException>(() => _engine.Fleet.TerminateAsync("one", false, "other", EngineFixture.Tester, Timeout));
        Assert.Equal(ServerState.Pending, (await _engine.Fleet.GetAsync("one", EngineFixture.Tester, Timeout)).State);

        var terminated = await _engine.Fleet.TerminateAsync("one", false, server.Etag, EngineFixture.Tester, Timeout);

        Assert.NotEqual(server.Etag, terminated.Etag);
    }

    [Fact]
    public async Task Terminate_Twice_ChangesNothingTheSecondTime()
    {
        await _engine.ProvisionAsync();

        var first = await _engine.TerminateAsync();

        Assert.Equal(first, await _engine.TerminateAsync());
    }

    [Fact]
    public async Task Events_Always_TellWhoAsked()
    {
        await _engine.ProvisionAsync();
        await _engine.TerminateAsync();

        var events = await _engine.Fleet.ListEventsAsync("one", EngineFixture.Tester, Timeout);

        Assert.Equal([("ProvisionRequested", "tester"), ("TerminateRequested", "tester")], events.Select(e => (e.Reason, e.Actor)));
        await Assert.ThrowsAsync<ServerNotFoundException>(() => _engine.Fleet.ListEventsAsync("none", EngineFixture.Tester, Timeout));
    }

    [Fact]
    public void Watch_BadConditions_AreNamedBeforeItBegins()
    {
        var refused = Assert.Throws<InvalidRequestException>(() => { _engine.Fleet.WatchAsync(new(["x"], "", "!"), -1, EngineFixture.Tester, Timeout); });

        Assert.Equal(["since_revision", "state", "label_selector"], refused.Violations.Select(v => v.Field));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _engine.DisposeAsync().AsTask();

    private Task<ServerPage> ListAsync() => _engine.Fleet.ListAsync(new([], "", ""), 0, "", EngineFixture.Tester, Timeout);

    private async Task<IEnumerable<string>> NamesAsync(Conditions conditions) =>
        (await _engine.Fleet.ListAsync(conditions, 0, "", EngineFixture.Tester, Timeout)).Servers.Select(s => s.Name);
}
