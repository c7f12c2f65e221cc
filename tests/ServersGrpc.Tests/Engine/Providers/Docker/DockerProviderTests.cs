using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Providers.Docker;

public sealed class DockerProviderTests
{
    private const string Create = "POST /containers/create";
    private const string Pull = "POST /images/create";
    private const string Start = "POST /containers/id-0/start";

    private static readonly string Uid = Guid.NewGuid().ToString("N");

    private readonly ScriptedEngine _engine = new();

    [Theory]
    [InlineData("1.41", "/v1.41/")]
    [InlineData("1.43", "/v1.43/")]
    [InlineData("1.52", "/v1.44/")]
    public async Task EveryCall_EngineOfAVersion_IsSpokenToInOneThatItTakes(string theirs, string expected)
    {
        _engine.ApiVersion = theirs;

        await _engine.NewProvider().ListAsync(default);

        Assert.Equal("/_ping", _engine.Targets[0].AbsolutePath);
        Assert.StartsWith(expected, _engine.Targets[1].AbsolutePath);
    }

    [Theory]
    [InlineData("1.39", "speaks API 1.39; 1.40 is needed")]
    [InlineData(null, "does not answer as a Docker engine does")]
    public async Task EveryCall_NoEngineThatCanBeSpokenTo_IsRejected(string? theirs, string expected)
    {
        _engine.ApiVersion = theirs;

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _engine.NewProvider().ListAsync(default));

        Assert.Equal(ProviderFault.Rejected, fault.Fault);
        Assert.Contains(expected, fault.Message);
    }

    [Fact]
    public async Task EveryCall_EngineReplacedByANewerOne_IsAskedAgainWhatItSpeaks()
    {
        var provider = _engine.NewProvider();
        await provider.ListAsync(default);
        _engine.ApiVersion = "1.52";
        _engine.Answer("GET /containers/json", HttpStatusCode.BadRequest, """{"message":"client version 1.41 is too old. Minimum supported API version is 1.44"}""");

        await Assert.ThrowsAsync<ProviderException>(() => provider.ListAsync(default));
        await provider.ListAsync(default);

        Assert.StartsWith("/v1.44/", _engine.Targets[^1].AbsolutePath);
    }

    [Fact]
    public async Task DeliverAsync_Running_PutsTheCertificatesAndStartsItAnew()
    {
        _engine.Add("id-0", Uid, "running");

        await DeliverAsync();

        Assert.Equal(["PUT /containers/id-0/archive", "POST /containers/id-0/restart"], _engine.Calls.Where(call => !call.StartsWith("GET", StringComparison.Ordinal)));
        Assert.Equal(["certs/server/ca.pem", "certs/server/cert.pem", "certs/server/key.pem"], await _engine.FilesAsync());
        Assert.Contains("t=10", _engine.Targets[^1].Query);
    }

    [Fact]
    public async Task DeliverAsync_FilesRefused_IsRejected()
    {
        _engine.Add("id-0", Uid, "running");
        _engine.Answer("PUT /containers/id-0/archive", HttpStatusCode.BadRequest, """{"message":"container rootfs is marked read-only"}""");

        var fault = await Assert.ThrowsAsync<ProviderException>(DeliverAsync);

        Assert.Equal(ProviderFault.Rejected, fault.Fault);
    }

    [Fact]
    public async Task DeliverAsync_RestartRefused_LeavesOpenWhatItHas()
    {
        _engine.Add("id-0", Uid, "running");
        _engine.Answer("POST /containers/id-0/restart", HttpStatusCode.BadRequest, """{"message":"no"}""");

        var fault = await Assert.ThrowsAsync<ProviderException>(DeliverAsync);

        Assert.Equal(ProviderFault.Transient, fault.Fault);
    }

    [Theory]
    [InlineData("created")]
    [InlineData("removing")]
    public async Task DeliverAsync_NoInstance_IsNotFound(string state)
    {
        _engine.Add("id-0", Uid, state);

        var fault = await Assert.ThrowsAsync<ProviderException>(DeliverAsync);

        Assert.Equal(ProviderFault.NotFound, fault.Fault);
    }

    [Theory]
    [InlineData("", "", "unix:///engine.sock", null)]
    [InlineData("front", "", "unix:///engine.sock", null)]
    [InlineData("front", "192.0.2.1", "unix:///engine.sock", "192.0.2.1")]
    [InlineData("front", "2001:db8::1", "unix:///engine.sock", "2001:db8::1")]
    [InlineData("front", "0.0.0.0", "tcp://127.0.0.1:2375", "127.0.0.1")]
    [InlineData("front", "::", "tcp://[::1]:2375", "::1")]
    [InlineData("front", "0.0.0.0", "tcp://localhost:2375", null)]
    public void PlanAddress_PublishedPorts_AreOnAnAddressThatServersShare(string network, string published, string endpoint, string? expected)
    {
        _engine.Options.Networks = network.Length > 0 ? [network] : [];
        (_engine.Options.PublishAddress, _engine.Options.Endpoint) = (published, endpoint);

        var planned = _engine.NewProvider().PlanAddress(Uid);

        Assert.Equal(expected is null ? null : new PlannedAddress(IPAddress.Parse(expected), IsShared: true), planned);
    }

    [Fact]
    public async Task CreateAsync_OnTheHostsNetwork_HasThePlannedAddress()
    {
        _engine.Options.Networks = ["host"];
        var provider = _engine.NewProvider();
        var planned = provider.PlanAddress(Uid)!;

        var instance = await provider.CreateAsync(Spec() with { Address = planned.Ip.ToString() }, default);

        Assert.False(planned.IsShared);
        Assert.Equal(planned.Ip.ToString(), instance.Address);
    }

    [Fact]
    public async Task CreateAsync_Always_AsksForWhatTheSectionAndTheRequestSay()
    {
        _engine.Options.Sizes = ["small=0.5/64m"];
        _engine.Options.Networks = ["front", "back"];
        _engine.Options.PublishAddress = "192.0.2.1";
        _engine.Options.Command = ["serve", "--now"];
        _engine.Options.Environment = ["A=B"];
        _engine.Options.Privileged = true;

        await _engine.NewProvider().CreateAsync(Spec() with { UserData = "data" }, default);

        var host = _engine.Created!["HostConfig"]!;
        Assert.Equal("image:1", (string?)_engine.Created["Image"]);
        Assert.Equal("agent-1", (string?)_engine.Created["Hostname"]);
        Assert.Equal("""["serve","--now"]""", _engine.Created["Cmd"]!.ToJsonString());
        Assert.Equal(
            ["A=B", "SERVERS_NAME=agent-1", $"SERVERS_UID={Uid}", "SERVERS_CERTIFICATES=/certs/server", "SERVERS_USER_DATA=/etc/servers/user-data"],
            _engine.Created["Env"]!.AsArray().Select(entry => (string?)entry));
        Assert.Equal((500_000_000, 64 << 20, true, "front"),
            ((long)host["NanoCpus"]!, (long)host["Memory"]!, (bool)host["Privileged"]!, (string)host["NetworkMode"]!));
        Assert.Equal("""{"2376/tcp":[{"HostIp":"192.0.2.1","HostPort":""}]}""", host["PortBindings"]!.ToJsonString());
        Assert.Contains($"name=servers-ours-{Uid}", _engine.Targets.Single(target => target.AbsolutePath.EndsWith("/create")).Query);
        Assert.Equal(
            [Create, "PUT /containers/id-0/archive", "POST /networks/back/connect", Start],
            _engine.Calls.Where(call => !call.StartsWith("GET")));
    }

    [Theory]
    [InlineData("missing", "image", "image%3Alatest")]
    [InlineData("missing", "registry:5000/a/image", "registry%3A5000%2Fa%2Fimage%3Alatest")]
    [InlineData("missing", "registry:5000/image:2", "registry%3A5000%2Fimage%3A2")]
    [InlineData("missing", "image@sha256:00", "image%40sha256%3A00")]
    public async Task CreateAsync_ImageThatIsNotThere_IsPulledWithOneTag(string pull, string image, string expected)
    {
        _engine.Options.Pull = pull;
        _engine.Answer(Create, HttpStatusCode.NotFound, """{"message":"No such image: image"}""");

        await _engine.NewProvider().CreateAsync(Spec() with { Image = image }, default);

        Assert.Equal([Create, Pull, Create], _engine.Calls.Where(call => call is Create or Pull));
        Assert.EndsWith($"?fromImage={expected}", _engine.Targets.Single(target => target.AbsolutePath.EndsWith("/images/create")).Query);
    }

    [Theory]
    [InlineData("always", new[] { Pull, Create })]
    [InlineData("missing", new[] { Create })]
    [InlineData("never", new[] { Create })]
    public async Task CreateAsync_ImageThatIsThere_IsPulledWhereAlwaysIsSaid(string pull, string[] expected)
    {
        _engine.Options.Pull = pull;

        await _engine.NewProvider().CreateAsync(Spec(), default);

        Assert.Equal(expected, _engine.Calls.Where(call => call is Create or Pull));
    }

    [Theory]
    [InlineData("manifest for image:1 not found: manifest unknown", ProviderFault.Rejected)]
    [InlineData("pull access denied for image, repository does not exist or may require 'docker login'", ProviderFault.Rejected)]
    [InlineData("toomanyrequests: You have reached your pull rate limit", ProviderFault.CapacityUnavailable)]
    [InlineData("write /layer: no space left on device", ProviderFault.CapacityUnavailable)]
    [InlineData("net/http: TLS handshake timeout", ProviderFault.Transient)]
    public async Task CreateAsync_PullThatFailsInItsProgress_IsSorted(string error, ProviderFault expected)
    {
        _engine.Options.Pull = "always";
        var progress = $$"""{"status":"Pulling from image"}""" + "\r\n" + new JsonObject { ["errorDetail"] = new JsonObject { ["message"] = error }, ["error"] = error }.ToJsonString();
        _engine.Answer(Pull, HttpStatusCode.OK, progress);

        var fault = await CreateFailsAsync();

        Assert.Equal(expected, fault.Fault);
        Assert.Contains(error, fault.Message);
        Assert.DoesNotContain(Create, _engine.Calls);
    }

    [Theory]
    [InlineData(Create, 400, "invalid reference", ProviderFault.Rejected)]
    [InlineData(Create, 403, "not allowed by the plugin", ProviderFault.Rejected)]
    [InlineData(Create, 404, "network x not found", ProviderFault.Rejected)]
    [InlineData(Create, 429, "slow down", ProviderFault.Transient)]
    [InlineData(Create, 500, "mkdir /var/lib/docker: no space left on device", ProviderFault.CapacityUnavailable)]
    [InlineData(Create, 500, "something else", ProviderFault.Transient)]
    [InlineData(Create, 503, "not ready", ProviderFault.Transient)]
    [InlineData(Start, 400, "exec: no such file", ProviderFault.Rejected)]
    [InlineData(Start, 404, "No such container: id-0", ProviderFault.NotFound)]
    [InlineData(Start, 409, "is restarting", ProviderFault.Transient)]
    [InlineData(Start, 500, "Bind for 192.0.2.1:32768 failed: port is already allocated", ProviderFault.CapacityUnavailable)]
    [InlineData(Start, 500, "no available IPv4 addresses on this network's address pools", ProviderFault.CapacityUnavailable)]
    [InlineData(Start, 500, "cannot allocate memory", ProviderFault.CapacityUnavailable)]
    public async Task CreateAsync_RefusedByTheEngine_IsSortedAndLeavesWhatTheKindSays(string call, int status, string message, ProviderFault expected)
    {
        _engine.Answer(call, (HttpStatusCode)status, new JsonObject { ["message"] = message }.ToJsonString(), TimeSpan.FromSeconds(7));

        var fault = await CreateFailsAsync();

        Assert.Equal(expected, fault.Fault);
        Assert.Equal($"the Docker engine answered HTTP {status}: {message}", fault.Message);
        Assert.Equal(TimeSpan.FromSeconds(7), fault.RetryAfter);
        if (expected is ProviderFault.Rejected or ProviderFault.CapacityUnavailable)
            Assert.True(_engine.IsEmpty);
    }

    [Fact]
    public async Task CreateAsync_LookRefusedOnceItIsMade_IsOfUnknownOutcome()
    {
        _engine.AfterCreate = () => _engine.Answer("GET /containers/json", HttpStatusCode.Forbidden, """{"message":"not allowed"}""");

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _engine.NewProvider().CreateAsync(Spec(), default));

        Assert.Equal(ProviderFault.Transient, fault.Fault);
        Assert.Contains("not allowed", fault.Message, StringComparison.Ordinal);
        Assert.False(_engine.IsEmpty);
    }

    [Fact]
    public async Task CreateAsync_RefusedAndNotRemovable_IsOfUnknownOutcome()
    {
        _engine.Answer(Start, HttpStatusCode.BadRequest, "{}");
        _engine.Answer("DELETE /containers/id-0", HttpStatusCode.InternalServerError, """{"message":"busy"}""");

        Assert.Equal(ProviderFault.Transient, (await CreateFailsAsync()).Fault);
    }

    [Theory]
    [InlineData("large", "docker", "there is no size large. There are: small=1/1g, medium=2/4g, huge=4/8g")]
    [InlineData("small", "moon", "there is no region moon: the Docker engine is docker")]
    public async Task CreateAsync_SizeOrRegionThatIsNotThere_IsRejectedUnasked(string size, string region, string expected)
    {
        _engine.Options.Sizes = ["small=1/1g", "medium=2/4g", "huge=4/8g"];

        var fault = await CreateFailsAsync(Spec() with { Size = size, Region = region });

        Assert.Equal((ProviderFault.Rejected, expected), (fault.Fault, fault.Message));
        Assert.Empty(_engine.Calls);
    }

    [Theory]
    [InlineData("removing")]
    [InlineData("dead")]
    public async Task CreateAsync_EarlierContainerBeingRemoved_IsTransient(string state)
    {
        _engine.Add("id-0", Uid, state);

        Assert.Equal(ProviderFault.Transient, (await CreateFailsAsync()).Fault);
    }

    [Fact]
    public async Task CreateAsync_NameTakenByAStranger_IsTransientAfterAWhile()
    {
        var time = new ManualTime();
        _engine.Answer(Create, HttpStatusCode.Conflict, """{"message":"Conflict. The container name is already in use"}""");

        var creating = _engine.NewProvider(time).CreateAsync(Spec(), default);
        while (!creating.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        var fault = await Assert.ThrowsAsync<ProviderException>(() => creating);
        Assert.Equal(ProviderFault.Transient, fault.Fault);
        Assert.Contains($"servers-ours-{Uid}", fault.Message);
        Assert.DoesNotContain(_engine.Calls, call => call.StartsWith("DELETE"));
    }

    [Fact]
    public async Task CreateAsync_OnTheEnginesNetwork_HasAnAddressOfItsOwn()
    {
        _engine.Options.Networks = ["host"];
        var other = Uid[..6] + Guid.NewGuid().ToString("N")[6..];

        var first = await _engine.NewProvider().CreateAsync(Spec(), default);
        var second = await _engine.NewProvider().CreateAsync(Spec() with { Uid = other }, default);

        Assert.NotEqual(first.Address, second.Address);
        Assert.All([first, second], instance => Assert.Matches(@"^127\.\d+\.\d+\.\d+$", instance.Address));
        Assert.Contains($"SERVERS_ADDRESS={second.Address}", _engine.Created!["Env"]!.AsArray().Select(entry => (string?)entry));
        Assert.Null(_engine.Created["Hostname"]);
    }

    [Fact]
    public async Task FindAsync_HalfMade_IsNoInstanceYetButIsListed()
    {
        _engine.Add("id-0", Uid, "created");

        Assert.Null(await _engine.NewProvider().FindAsync(Uid, default));
        Assert.Equal("id-0", Assert.Single(await _engine.NewProvider().ListAsync(default)).Id);
    }

    [Theory]
    [InlineData("running")]
    [InlineData("paused")]
    [InlineData("restarting")]
    [InlineData("exited")]
    [InlineData("removing")]
    [InlineData("dead")]
    public async Task FindAsync_ContainerThatIsThere_IsFoundHoweverItIs(string state)
    {
        _engine.Add("id-0", Uid, state);

        Assert.Equal("id-0", (await _engine.NewProvider().FindAsync(Uid, default))?.Id);
    }

    [Theory]
    [InlineData("""{"Ports":[{"IP":"192.0.2.1","PrivatePort":2376,"PublicPort":32768,"Type":"tcp"}],"NetworkSettings":{"Networks":{"front":{"IPAddress":"10.0.0.2"}}}}""", "192.0.2.1:32768")]
    [InlineData("""{"Ports":[{"IP":"192.0.2.1","PrivatePort":2376,"PublicPort":2376,"Type":"tcp"}]}""", "192.0.2.1")]
    [InlineData("""{"Ports":[{"IP":"2001:db8::1","PrivatePort":2376,"PublicPort":32768,"Type":"tcp"}]}""", "[2001:db8::1]:32768")]
    [InlineData("""{"Ports":[{"IP":"0.0.0.0","PrivatePort":2376,"PublicPort":32768,"Type":"tcp"}]}""", "127.0.0.1:32768")]
    [InlineData("""{"Ports":[{"PrivatePort":2376,"Type":"tcp"},{"IP":"192.0.2.1","PrivatePort":80,"PublicPort":32769,"Type":"tcp"}],"NetworkSettings":{"Networks":{"back":{"IPAddress":"10.0.1.2"},"front":{"IPAddress":"10.0.0.2"}}}}""", "10.0.0.2")]
    [InlineData("""{"NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.2"}}}}""", "172.17.0.2")]
    [InlineData("""{"NetworkSettings":{"Networks":{"front":{"IPAddress":"","GlobalIPv6Address":"2001:db8::2"}}}}""", "2001:db8::2")]
    [InlineData("""{"NetworkSettings":{"Networks":{"front":{"IPAddress":""}}}}""", "")]
    [InlineData("""{"NetworkSettings":{"Networks":{"front":null}}}""", "")]
    [InlineData("{}", "")]
    public async Task FindAsync_ContainerOnItsNetworks_HasTheAddressThatCallersReach(string container, string expected)
    {
        _engine.Options.Endpoint = "tcp://127.0.0.1";
        _engine.Options.Networks = ["front", "back"];
        _engine.Add("id-0", Uid, "running", JsonNode.Parse(container)!.AsObject());

        Assert.Equal(expected, (await _engine.NewProvider().FindAsync(Uid, default))!.Address);
    }

    [Fact]
    public async Task DestroyAsync_AnotherContainerOfTheUid_LeavesIt()
    {
        _engine.Add("kept", Uid, "running");
        _engine.Add("doomed", Uid, "running");

        await _engine.NewProvider().DestroyAsync(new("doomed", Uid, "agent-1", "", default), default);

        Assert.Equal("kept", Assert.Single(await _engine.NewProvider().ListAsync(default)).Id);
    }

    [Fact]
    public async Task DestroyAsync_RemovalUnderWay_IsSuccess()
    {
        _engine.Add("id-0", Uid, "running");
        _engine.Answer("DELETE /containers/id-0", HttpStatusCode.Conflict, """{"message":"removal of container id-0 is already in progress"}""");

        await _engine.NewProvider().DestroyAsync(new("id-0", Uid, "agent-1", "", default), default);

        Assert.Equal("id-0", (await _engine.NewProvider().FindAsync(Uid, default))?.Id);
    }

    [Fact]
    public async Task DestroyAsync_Container_IsAskedToEndWithinItsGrace()
    {
        _engine.Options.StopGrace = TimeSpan.FromSeconds(2.5);
        _engine.Add("id-0", Uid, "running");

        await _engine.NewProvider().DestroyAsync(new("", Uid, "agent-1", "", default), default);

        Assert.Equal("?t=3", _engine.Targets.Single(target => target.AbsolutePath.EndsWith("/id-0/stop")).Query);
        Assert.Equal("?force=1&v=1", _engine.Targets[^1].Query);
        Assert.True(_engine.IsEmpty);
    }

    public static TheoryData<Exception, ProviderFault, string> Failures => new()
    {
        { new HttpRequestException("no", new SocketException((int)SocketError.ConnectionRefused)), ProviderFault.Transient, "connection refused" },
        { new HttpRequestException("no", new SocketException((int)SocketError.AccessDenied)), ProviderFault.Rejected, "permission denied" },
        { new HttpRequestException("no", new SocketException((int)SocketError.HostNotFound)), ProviderFault.Transient, "unix:///var/run/docker.sock" },
        { new HttpRequestException("no", new AuthenticationException("untrusted")), ProviderFault.Rejected, "TLS: untrusted" },
        { new HttpRequestException("no", new IOException("x", new IOException("tlsv13 alert certificate required"))), ProviderFault.Rejected, "TLS: tlsv13 alert certificate required" },
        { new HttpRequestException("no", new IOException("response ended")), ProviderFault.Transient, "no" },
        { new TaskCanceledException("connecting took too long"), ProviderFault.Transient, "does not take connections" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task EveryCall_NoAnswer_IsSorted(Exception failure, ProviderFault expected, string words)
    {
        _engine.Failure = failure;

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _engine.NewProvider().ListAsync(default));

        Assert.Equal(expected, fault.Fault);
        Assert.Contains(words, fault.Message);
    }

    [Fact]
    public async Task ListAsync_AnswerThatCannotBeRead_IsTransient()
    {
        _engine.Answer("GET /containers/json", HttpStatusCode.OK, """[{"Id":""");

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _engine.NewProvider().ListAsync(default));

        Assert.Equal(ProviderFault.Transient, fault.Fault);
    }

    private Task<ProviderException> CreateFailsAsync(InstanceSpec? spec = null) =>
        Assert.ThrowsAsync<ProviderException>(() => _engine.NewProvider().CreateAsync(spec ?? Spec(), default));

    private Task DeliverAsync()
    {
        var spec = Spec() with { UserData = "#cloud-config" };
        return _engine.NewProvider().DeliverAsync(new("id-0", Uid, spec.Name, "", default), spec, spec, default);
    }

    private static InstanceSpec Spec() => new(
        Uid, "agent-1", "image:1", "docker", "small", UserData: "", Labels: new Dictionary<string, string>(), ServerCredentials.None);
}
