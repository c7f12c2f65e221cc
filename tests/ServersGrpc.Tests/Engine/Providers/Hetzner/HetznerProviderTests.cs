using System.Text.Json.Nodes;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Tests.Engine.Providers.Cloud;
using static ServersGrpc.Tests.Engine.Providers.Hetzner.HetznerBed;

namespace ServersGrpc.Tests.Engine.Providers.Hetzner;

public sealed class HetznerProviderTests
{
    private readonly HetznerBed _bed = new();

    private ScriptedHandler Cloud => _bed.Cloud;

    [Fact]
    public async Task CreateAsync_AllOptions_AsksAsDocumented()
    {
        (_bed.Options.SshKeys, _bed.Options.Networks, _bed.Options.Firewalls) = (["me", "17"], ["3"], ["4"]);
        _bed.Options.PrivateAddress = true;
        _bed.Options.IPv6 = false;
        Cloud.Then(Find, 200, Listed())
            .Then("POST /v1/servers", 201, Order(Action("running"), Server(status: "initializing")))
            .Then("GET /v1/actions/9", 200, $$"""{"action":{{Action("running")}} }""")
            .Then("GET /v1/actions/9", 200, $$"""{"action":{{Action()}} }""")
            .Then("GET /v1/servers/42", 200, $$"""{"server":{{Server(network: """{"network":9,"ip":"10.9.0.2"},{"network":3,"ip":"10.0.0.2"}""")}} }""");
        var labels = new Dictionary<string, string> { ["team"] = "blue", ["servers-grpc/uid"] = "forged", ["a/b/c"] = "x", ["note"] = "two words" };

        var instance = await _bed.NewProvider().CreateAsync(CloudSpecs.New("hello {{name}} {{secret}}", labels), default);

        Cloud.AssertDone();
        Assert.Equal(("42", CloudSpecs.Uid, "web", "10.0.0.2"), (instance.Id, instance.Uid, instance.Name, instance.Address));
        Assert.Equal(($"Bearer {CloudSpecs.Token}", "servers-grpc/0.1.0"), (Cloud.Authorization, Cloud.UserAgent));
        var expected = JsonNode.Parse(
            """
            {"name":"web","server_type":"size-1","image":"image-1","location":"place-1","start_after_create":true,"user_data":"hello web s3cret",
             "labels":{"servers-grpc/installation":"ours","servers-grpc/uid":"0123456789abcdef0123456789abcdef","servers-grpc/name":"web","team":"blue"},
             "public_net":{"enable_ipv4":true,"enable_ipv6":false},"ssh_keys":["me",17],"networks":[3],"firewalls":[{"firewall":4}]}
            """);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(Cloud.Requests[1].Body)), Cloud.Requests[1].Body);
    }

    [Fact]
    public async Task CreateAsync_PresentAlready_IsAdopted()
    {
        Cloud.Then(Find, 200, Listed(Server(50), Server(7)));

        Assert.Equal("7", (await _bed.NewProvider().CreateAsync(CloudSpecs.New(), default)).Id);
    }

    [Fact]
    public async Task CreateAsync_PresentIsBeingRemoved_ComesBackLater()
    {
        Cloud.Then(Find, 200, Listed(Server(status: "deleting")));

        Assert.Equal(ProviderFault.Transient, (await CreateFaultAsync()).Fault);
    }

    [Theory]
    [InlineData("ours", CloudSpecs.Uid, null)]
    [InlineData("ours", "another", ProviderFault.Transient)]
    [InlineData("theirs", CloudSpecs.Uid, ProviderFault.Rejected)]
    public async Task CreateAsync_NameTaken_IsAdoptedWhereItIsThisServers(string installation, string uid, ProviderFault? expected)
    {
        Cloud.Then(Find, 200, Listed())
            .Then("POST /v1/servers", 409, Error("uniqueness_error", "server name is already used"))
            .Then("GET /v1/servers?name=web", 200, Listed(Server(installation: installation, uid: uid)));
        if (expected is null)
        {
            Cloud.Then("GET /v1/servers/42", 200, $$"""{"server":{{Server()}} }""");
            Assert.Equal("42", (await _bed.NewProvider().CreateAsync(CloudSpecs.New(), default)).Id);
            return;
        }

        var fault = await CreateFaultAsync();

        Assert.Equal(expected, fault.Fault);
        Assert.Contains("\"web\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_NameTakenByWhatCannotBeSeen_ComesBackLater()
    {
        Cloud.Then(Find, 200, Listed())
            .Then("POST /v1/servers", 409, Error("uniqueness_error"))
            .Then("GET /v1/servers?name=web", 200, Listed());

        Assert.Equal(ProviderFault.Transient, (await CreateFaultAsync()).Fault);
    }

    [Theory]
    [InlineData("resource_unavailable", ProviderFault.CapacityUnavailable)]
    [InlineData("placement_error", ProviderFault.CapacityUnavailable)]
    [InlineData("action_failed", ProviderFault.Transient)]
    [InlineData("not_found", ProviderFault.Transient)]
    [InlineData("never_heard_of", ProviderFault.Transient)]
    public async Task CreateAsync_ActionFails_RemovesWhatWasHalfMadeAndSays(string code, ProviderFault expected)
    {
        Cloud.Then(Find, 200, Listed())
            .Then("POST /v1/servers", 201, Order(Action("running"), Server()))
            .Then("GET /v1/actions/9", 200, $$$"""{"action":{{{Action("error", $$"""{"code":"{{code}}","message":"no luck"}""")}}}}""")
            .Then("DELETE /v1/servers/42", 200, "{}")
            .Then("GET /v1/servers/42", 200, $$"""{"server":{{Server(status: "deleting")}} }""")
            .Then("GET /v1/servers/42", 404, Error("not_found"))
            .Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes())
            .Then(FindAddresses, 200, Addresses());

        var fault = await CreateFaultAsync();

        Cloud.AssertDone();
        Assert.Equal(expected, fault.Fault);
        Assert.Contains("no luck", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_NamedKeyIsNotThere_IsRejected()
    {
        Cloud.Then(Find, 200, Listed()).Then("POST /v1/servers", 404, Error("not_found", "SSH key with ID 'me' not found"));

        var fault = await CreateFaultAsync();

        Assert.Equal(ProviderFault.Rejected, fault.Fault);
        Assert.Contains("SSH key", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_UserDataThatIsNoTemplate_IsRejectedWithoutACall()
    {
        var fault = await Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().CreateAsync(CloudSpecs.New("{{nope}}"), default));
        var tooLong = await Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().CreateAsync(CloudSpecs.New(new string('x', 32_769)), default));

        Assert.Equal((ProviderFault.Rejected, ProviderFault.Rejected), (fault.Fault, tooLong.Fault));
        Assert.Contains("Line 1", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Cloud.Requests);
    }

    [Theory]
    [InlineData("#cloud-config", null)]
    [InlineData("\n{{nope}}", "Line 2: {{nope}} is not a variable")]
    public void CheckUserData_Template_SaysWhatIsWrong(string userData, string? expected)
    {
        var problem = _bed.NewProvider().CheckUserData(userData);

        Assert.Equal(expected, problem?[..expected!.Length]);
    }

    [Fact]
    public async Task CreateAsync_RemovalOfWhatWasHalfMadeIsNotDone_IsAskedForAgain()
    {
        Cloud.Then(Find, 200, Listed())
            .Then("POST /v1/servers", 201, Order(Action("error"), Server()))
            .Then("DELETE /v1/servers/42", 200, "{}");
        for (var looks = 0; looks < 10; looks++)
            Cloud.Then("GET /v1/servers/42", 200, $$"""{"server":{{Server()}} }""");
        Cloud.Then("DELETE /v1/servers/42", 200, "{}")
            .Then("GET /v1/servers/42", 404, Error("not_found"))
            .Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes())
            .Then(FindAddresses, 200, Addresses());

        Assert.Equal(ProviderFault.Transient, (await CreateFaultAsync()).Fault);
        Cloud.AssertDone();
    }

    [Fact]
    public async Task CreateAsync_RefusedAfterTheOrder_IsNotTheWordThatNothingWasMade()
    {
        Cloud.Then(Find, 200, Listed())
            .Then("POST /v1/servers", 201, Order(Action("running"), Server()))
            .Then("GET /v1/actions/9", 403, Error("forbidden"));

        Assert.Equal(ProviderFault.Transient, (await CreateFaultAsync()).Fault);
    }

    [Fact]
    public async Task CreateAsync_LookAtActionFails_LooksAgain()
    {
        Cloud.Then(Find, 200, Listed())
            .Then("POST /v1/servers", 201, Order(Action("running"), Server()))
            .Then("GET /v1/actions/9", 502, "<html>")
            .Then("GET /v1/actions/9", 200, $$"""{"action":{{Action()}} }""")
            .Then("GET /v1/servers/42", 404, Error("not_found"));

        // A look that lags behind does not unmake what was just made.
        Assert.Equal("42", (await _bed.NewProvider().CreateAsync(CloudSpecs.New(), default)).Id);
    }

    [Fact]
    public async Task CreateAsync_VolumeSize_MakesAVolumeFirst()
    {
        _bed.Options.VolumeSize = 10;
        Cloud.Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes(Volume(4, location: "elsewhere")))
            .Then(FindAddresses, 200, Addresses())
            .Then("DELETE /v1/volumes/4", 204, "")
            .Then("POST /v1/volumes", 201, $$"""{"volume":{{Volume()}},"action":{{Action()}},"next_actions":[]}""")
            .Then("POST /v1/servers", 201, Order(Action(), Server()))
            .Then("GET /v1/servers/42", 200, $$"""{"server":{{Server()}} }""");

        await _bed.NewProvider().CreateAsync(CloudSpecs.New(), default);

        Cloud.AssertDone();
        var volume = JsonNode.Parse(Cloud.Requests[4].Body)!;
        Assert.Equal(("servers-" + CloudSpecs.Uid, 10, "place-1", "ours"),
            ((string)volume["name"]!, (int)volume["size"]!, (string)volume["location"]!, (string)volume["labels"]!["servers-grpc/installation"]!));
        var server = JsonNode.Parse(Cloud.Requests[5].Body)!;
        Assert.Equal((5, true), ((int)server["volumes"]![0]!, (bool)server["automount"]!));
    }

    [Fact]
    public async Task CreateAsync_RefusedWithAVolumeMade_TakesTheVolumeAway()
    {
        _bed.Options.VolumeSize = 10;
        Cloud.Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes(Volume()))
            .Then(FindAddresses, 200, Addresses())
            .Then("POST /v1/servers", 412, Error("resource_unavailable"))
            .Then("DELETE /v1/volumes/5", 204, "");

        Assert.Equal(ProviderFault.CapacityUnavailable, (await CreateFaultAsync()).Fault);
        Cloud.AssertDone();
    }

    [Fact]
    public async Task FindAsync_OnlyLeftovers_RemovesThem()
    {
        Cloud.Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes(Volume()))
            .Then(FindAddresses, 200, Addresses(Address()))
            .Then("DELETE /v1/volumes/5", 204, "")
            .Then("DELETE /v1/primary_ips/6", 404, Error("not_found"));

        Assert.Null(await _bed.NewProvider().FindAsync(CloudSpecs.Uid, default));
        Cloud.AssertDone();
    }

    [Theory]
    [InlineData(9, 0)]
    [InlineData(10, 1)]
    public async Task FindAsync_VolumeTooYoungToBeAttached_StaysUntilTheNextLook(int seconds, int removed)
    {
        _bed.Time.Now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) + TimeSpan.FromSeconds(seconds);
        Cloud.Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes(Volume()))
            .Then(FindAddresses, 200, Addresses())
            .Then("DELETE /v1/volumes/5", 204, "");

        Assert.Null(await _bed.NewProvider().FindAsync(CloudSpecs.Uid, default));
        Assert.Equal(removed, Cloud.Requests.Count(request => request.Line.StartsWith("DELETE", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Fri, 02 Jan 2026 03:04:14 GMT", 0)]
    [InlineData("Fri, 02 Jan 2026 03:04:15 GMT", 1)]
    public async Task FindAsync_VolumeTooYoung_IsSoByTheCloudsClock(string date, int removed)
    {
        // Ours is a day ahead.
        _bed.Time.Now = new DateTimeOffset(2026, 1, 3, 3, 4, 5, TimeSpan.Zero);
        Cloud.Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes(Volume()))
            .Then(FindAddresses, 200, Addresses(), ("Date", date))
            .Then("DELETE /v1/volumes/5", 204, "");

        Assert.Null(await _bed.NewProvider().FindAsync(CloudSpecs.Uid, default));
        Assert.Equal(removed, Cloud.Requests.Count(request => request.Line.StartsWith("DELETE", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task DestroyAsync_KnownToBeGone_TakesAYoungVolumeToo()
    {
        _bed.Time.Now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        Cloud.Then("GET /v1/servers/42", 404, Error("not_found"))
            .Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes(Volume()))
            .Then(FindAddresses, 200, Addresses())
            .Then("DELETE /v1/volumes/5", 204, "");

        await _bed.NewProvider().DestroyAsync(CloudSpecs.Instance("42"), default);

        Cloud.AssertDone();
    }

    [Fact]
    public async Task FindAsync_LeftoverCannotBeRemovedYet_DoesNotSayThatNothingIsThere()
    {
        Cloud.Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes(Volume(server: "42")))
            .Then(FindAddresses, 200, Addresses())
            .Then("GET /v1/servers/42", 404, Error("not_found"))
            .Then("DELETE /v1/volumes/5", 422, Error("invalid_input", "volume is attached"));

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().FindAsync(CloudSpecs.Uid, default));

        Assert.Equal(ProviderFault.Transient, fault.Fault);
    }

    [Fact]
    public async Task FindAsync_ListingLagsButAVolumeIsAttached_FindsTheServer()
    {
        Cloud.Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes(Volume(server: "42")))
            .Then(FindAddresses, 200, Addresses())
            .Then("GET /v1/servers/42", 200, $$"""{"server":{{Server()}} }""");

        Assert.Equal("42", (await _bed.NewProvider().FindAsync(CloudSpecs.Uid, default))?.Id);
    }

    [Fact]
    public async Task ListAsync_SeveralPages_IsAllAndLoneVolumes()
    {
        Cloud.Then("GET /v1/volumes?label_selector=servers-grpc/installation==ours&sort=id:asc&page=1&per_page=50", 200, Volumes(Volume(), Volume(8, uid: "gone")))
            .Then("GET /v1/primary_ips?label_selector=servers-grpc/installation==ours", 200, Addresses())
            .Then("GET /v1/servers?label_selector=servers-grpc/installation==ours&sort=id:asc&page=1", 200, Page("servers", 3, "2", Server(1), Server(2, uid: "b")))
            .Then("GET /v1/servers?label_selector=servers-grpc/installation==ours&sort=id:asc&page=2", 200, Page("servers", 3, "null", Server(3, uid: "c")));

        var listed = await _bed.NewProvider().ListAsync(default);

        Assert.Equal(["1", "2", "3", "volume-8"], listed.Select(instance => instance.Id));
        Assert.Equal("gone", listed[^1].Uid);
    }

    [Fact]
    public async Task ListAsync_ChangesWhileRead_IsReadAgain()
    {
        Cloud.Then("GET /v1/volumes", 200, Volumes())
            .Then("GET /v1/primary_ips", 200, Addresses())
            .Then("GET /v1/servers", 200, Page("servers", 3, "2", Server(1), Server(2)))
            .Then("GET /v1/servers", 200, Page("servers", 2, "null", Server(3)))
            .Then("GET /v1/servers", 200, Page("servers", 2, "null", Server(2), Server(3)));

        Assert.Equal(["2", "3"], (await _bed.NewProvider().ListAsync(default)).Select(instance => instance.Id));
        Cloud.AssertDone();
    }

    [Theory]
    [InlineData("""{"servers":[],"meta":{"pagination":{"next_page":null,"total_entries":1}}}""", 5)]
    [InlineData("""{"servers":[],"meta":{"pagination":{"next_page":2,"total_entries":0}}}""", 5)]
    [InlineData("""{"servers":[]}""", 1)]
    [InlineData("""{"servers":[{}],"meta":{"pagination":{"next_page":null,"total_entries":1}}}""", 1)]
    [InlineData("""{"servers":[{"id":1,"lab""", 1)]
    [InlineData("", 1)]
    [InlineData("null", 1)]
    public async Task ListAsync_ShortOrBroken_ThrowsRatherThanAnswerInPart(string body, int tries)
    {
        Cloud.Then("GET /v1/volumes", 200, Volumes()).Then("GET /v1/primary_ips", 200, Addresses());
        for (var i = 0; i < tries; i++)
            Cloud.Then("GET /v1/servers", 200, body);

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().ListAsync(default));

        Assert.Equal(ProviderFault.Transient, fault.Fault);
        Cloud.AssertDone();
    }

    [Fact]
    public async Task DestroyAsync_Ours_IsRemoved()
    {
        Cloud.Then("GET /v1/servers/42", 200, $$"""{"server":{{Server()}} }""").Then("DELETE /v1/servers/42", 200, "{}");

        await _bed.NewProvider().DestroyAsync(CloudSpecs.Instance("42"), default);

        Cloud.AssertDone();
    }

    [Fact]
    public async Task DestroyAsync_OnItsWay_IsLeftAlone()
    {
        Cloud.Then("GET /v1/servers/42", 200, $$"""{"server":{{Server(status: "deleting")}} }""");

        await _bed.NewProvider().DestroyAsync(CloudSpecs.Instance("42"), default);

        Cloud.AssertDone();
    }

    [Fact]
    public async Task DestroyAsync_WithoutOurLabel_IsLeftAloneAndNotTakenForGone()
    {
        Cloud.Then("GET /v1/servers/42", 200, $$"""{"server":{{Server(installation: "theirs")}} }""");

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().DestroyAsync(CloudSpecs.Instance("42"), default));

        Assert.Contains("The machine 42 is there", fault.Message, StringComparison.Ordinal);
        Cloud.AssertDone();
    }

    [Fact]
    public async Task DestroyAsync_GoneAlready_TakesLeftoversAway()
    {
        Cloud.Then("GET /v1/servers/42", 404, Error("not_found"))
            .Then(Find, 200, Listed())
            .Then(FindVolumes, 200, Volumes(Volume()))
            .Then(FindAddresses, 200, Addresses())
            .Then("DELETE /v1/volumes/5", 204, "");

        await _bed.NewProvider().DestroyAsync(CloudSpecs.Instance("42"), default);

        Cloud.AssertDone();
    }

    [Fact]
    public async Task DestroyAsync_DuplicateGoneAlready_LeavesWhatIsBesideTheOther()
    {
        Cloud.Then("GET /v1/servers/43", 404, Error("not_found")).Then(Find, 200, Listed(Server()));

        await _bed.NewProvider().DestroyAsync(CloudSpecs.Instance("43"), default);

        Cloud.AssertDone();
    }

    [Fact]
    public async Task DestroyAsync_ByUid_RemovesAllOfTheServer()
    {
        Cloud.Then(Find, 200, Listed(Server(), Server(43)))
            .Then("DELETE /v1/servers/42", 200, "{}")
            .Then("DELETE /v1/servers/43", 404, Error("not_found"));

        await _bed.NewProvider().DestroyAsync(CloudSpecs.Instance(""), default);

        Cloud.AssertDone();
    }

    [Fact]
    public async Task DestroyAsync_LoneVolume_IsRemoved()
    {
        const string Ours = "label_selector=servers-grpc/installation==ours&sort";
        Cloud.Then($"GET /v1/volumes?{Ours}", 200, Volumes(Volume(), Volume(6, uid: "")))
            .Then($"GET /v1/primary_ips?{Ours}", 200, Addresses())
            .Then("DELETE /v1/volumes/6", 204, "");

        await _bed.NewProvider().DestroyAsync(CloudSpecs.Instance("volume-6"), default);

        Cloud.AssertDone();
    }

    [Fact]
    public async Task DestroyAsync_Locked_ComesBackLater()
    {
        Cloud.Then("GET /v1/servers/42", 200, $$"""{"server":{{Server()}} }""").Then("DELETE /v1/servers/42", 423, Error("locked"));

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().DestroyAsync(CloudSpecs.Instance("42"), default));

        Assert.Equal(ProviderFault.Transient, fault.Fault);
    }

    [Theory]
    [InlineData(true, true, "192.0.2.7")]
    [InlineData(false, true, "2001:db8:1::1")]
    [InlineData(false, false, "")]
    public async Task FindAsync_Addresses_IPv4ComesFirst(bool ipv4, bool ipv6, string expected)
    {
        var server = Server();
        if (!ipv4)
            server = server.Replace("""{"id":1,"ip":"192.0.2.7"}""", "null");
        if (!ipv6)
            server = server.Replace("""{"id":2,"ip":"2001:db8:1::/64"}""", "null");
        Cloud.Then(Find, 200, Listed(server));

        Assert.Equal(expected, (await _bed.NewProvider().FindAsync(CloudSpecs.Uid, default))?.Address);
    }

    private Task<ProviderException> CreateFaultAsync() =>
        Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().CreateAsync(CloudSpecs.New(), default));
}
