using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Local;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Providers.Local;

[UnsupportedOSPlatform("windows")]
public sealed class LocalProviderTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LocalMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task CreateAsync_Returned_AnswersTheProbeOnAnAddressOfItsOwn()
    {
        var spec = NewSpec();

        var instance = await _machine.NewProvider().CreateAsync(spec, default);

        Assert.Matches(@"^127\.\d+\.\d+\.\d+$", instance.Address);
        Assert.DoesNotMatch(@"^127\.0\.", instance.Address);
        await new HttpsProbe(Patience, TimeProvider.System).ProbeAsync(Server(spec, instance), default);
    }

    [Fact]
    public async Task CreateAsync_AddressTaken_UsesTheNext()
    {
        var spec = NewSpec() with { Uid = "fdfd0000" + Guid.NewGuid().ToString("N")[8..] };
        var first = await _machine.NewProvider().CreateAsync(spec, default);

        var second = await _machine.NewProvider().CreateAsync(spec with { Uid = "fdfd0000" + Guid.NewGuid().ToString("N")[8..] }, default);

        Assert.NotEqual(first.Address, second.Address);
        await new HttpsProbe(Patience, TimeProvider.System).ProbeAsync(Server(spec, second), default);
    }

    [Fact]
    public async Task CreateAsync_PlannedAddress_ListensThere()
    {
        var provider = _machine.NewProvider();
        var spec = NewSpec();
        var planned = provider.PlanAddress(spec.Uid)!;
        // Not the one that the uid names: that one is not to be taken instead.
        var other = LoopbackAddress.Candidates(spec.Uid).First(address => !address.Equals(planned.Ip)).ToString();

        var instance = await provider.CreateAsync(spec with { Address = other }, default);

        Assert.False(planned.IsShared);
        Assert.Equal(other, instance.Address);
        await new HttpsProbe(Patience, TimeProvider.System).ProbeAsync(Server(spec, instance), default);
    }

    [Fact]
    public async Task CreateAsync_AgainAfterItsProcessWasKilled_ListensOnTheSameAddress()
    {
        var provider = _machine.NewProvider();
        var spec = NewSpec();
        spec = spec with { Address = provider.PlanAddress(spec.Uid)!.Ip.ToString() };
        var first = await provider.CreateAsync(spec, default);
        LocalMachine.Kill(LocalMachine.PidOf(first));
        await EventuallyAsync(async () => await provider.FindAsync(spec.Uid, default) is null);

        var second = await _machine.NewProvider().CreateAsync(spec, default);

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal((spec.Address, spec.Address), (first.Address, second.Address));
    }

    [Fact]
    public async Task CreateAsync_PlannedAddressTakenMeanwhile_SaysSoAndTakesNoOther()
    {
        var provider = _machine.NewProvider();
        var spec = NewSpec();
        spec = spec with { Address = provider.PlanAddress(spec.Uid)!.Ip.ToString() };
        using (LoopbackPort.TryListen(IPAddress.Parse(spec.Address)))
        {
            var fault = await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(spec, default));

            Assert.Equal(ProviderFault.Transient, fault.Fault);
            Assert.Contains($"port 2376 is taken on {spec.Address}", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(spec.Address, (await provider.CreateAsync(spec, default)).Address);
    }

    [Fact]
    public void PlanAddress_TakenByAnotherProgram_IsTheNext()
    {
        var uid = Guid.NewGuid().ToString("N");
        var provider = _machine.NewProvider();
        var first = provider.PlanAddress(uid)!;
        using var other = LoopbackPort.TryListen(first.Ip);

        var second = provider.PlanAddress(uid)!;

        Assert.NotNull(other);
        Assert.NotEqual(first.Ip, second.Ip);
        Assert.Contains(second.Ip, LoopbackAddress.Candidates(uid).Take(LoopbackPort.MaxTries));
    }

    [Fact]
    public void PlanAddress_Free_IsTheSameAgainAndLeavesNobodyListening()
    {
        var uid = Guid.NewGuid().ToString("N");

        var (one, again) = (_machine.NewProvider().PlanAddress(uid), _machine.NewProvider().PlanAddress(uid));

        Assert.Equal(one, again);
        using var listener = LoopbackPort.TryListen(one!.Ip);
        Assert.NotNull(listener);
    }

    [Fact]
    public async Task CreateAsync_FourProvidersAtOnce_LeaveOneProcess()
    {
        var spec = NewSpec();

        var created = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => _machine.NewProvider().CreateAsync(spec, default))));

        await EventuallyAsync(() => _machine.AgentsOf(spec.Uid).Count == 1);
        Assert.Equal(LocalMachine.PidOf(created[0]), Assert.Single(_machine.AgentsOf(spec.Uid)));
    }

    [Fact]
    public async Task CreateAsync_Agent_IsDetachedAndKnowsNothingOfTheService()
    {
        Environment.SetEnvironmentVariable("SERVERS_TEST_SECRET", "secret");

        var instance = await _machine.NewProvider().CreateAsync(NewSpec(), default);

        var process = $"/proc/{LocalMachine.PidOf(instance)}";
        var session = File.ReadAllText($"{process}/stat").Split(") ")[^1].Split(' ')[3];
        Assert.Equal(LocalMachine.PidOf(instance).ToString(), session);
        Assert.DoesNotContain("SERVERS_TEST_SECRET", File.ReadAllText($"{process}/environ"));
        Assert.Equal(_machine.PathOf(instance.Uid), new FileInfo($"{process}/cwd").LinkTarget);
    }

    [Fact]
    public async Task CreateAsync_Directory_IsItsOwnersAlone()
    {
        var instance = await _machine.NewProvider().CreateAsync(NewSpec(), default);

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(_machine.PathOf(instance.Uid)));
        Assert.All(Directory.GetFiles(_machine.PathOf(instance.Uid)), file => Assert.Equal(Owner, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task CreateAsync_Directory_HoldsNoKey()
    {
        var spec = NewSpec();

        await _machine.NewProvider().CreateAsync(spec, default);

        Assert.All(Directory.GetFiles(_machine.PathOf(spec.Uid), "*.json"), file => Assert.DoesNotContain("PRIVATE", File.ReadAllText(file)));
        Assert.Equal(
            ["address", "generation", "installationId", "name", "uid"],
            JsonNode.Parse(File.ReadAllText(SpecOf(spec)))!.AsObject().Select(member => member.Key).Order());
    }

    [Fact]
    public async Task RemoveLeftovers_OfAnEarlierVersion_TakesTheKeysAndLeavesTheServer()
    {
        var provider = _machine.NewProvider();
        var spec = NewSpec();
        var instance = await provider.CreateAsync(spec, default);
        WriteAsEarlierVersions(spec);

        provider.RemoveLeftovers();

        Assert.DoesNotContain("PRIVATE", File.ReadAllText(SpecOf(spec)));
        Assert.Equal([Path.Combine(_machine.PathOf(spec.Uid), "instance.json"), Path.Combine(_machine.PathOf(spec.Uid), "lock"), SpecOf(spec)],
            Directory.GetFiles(_machine.PathOf(spec.Uid)).Order());
        Assert.Equal(instance.Id, (await provider.FindAsync(spec.Uid, default))?.Id);
        await provider.DestroyAsync(instance, default);
        Assert.Empty(_machine.AgentsOf(spec.Uid));
        Assert.False(Directory.Exists(_machine.PathOf(spec.Uid)));
    }

    [Fact]
    public async Task ListAsync_OfAnEarlierVersion_KnowsItAndDestroysIt()
    {
        var provider = _machine.NewProvider();
        var spec = NewSpec();
        var instance = await provider.CreateAsync(spec, default);
        WriteAsEarlierVersions(spec);

        Assert.Equal(instance.Id, Assert.Single(await provider.ListAsync(default)).Id);
        await provider.DestroyAsync(instance, default);

        Assert.Empty(_machine.AgentsOf(spec.Uid));
    }

    [Fact]
    public async Task CreateAsync_HalfMadeByAKilledServiceOfAnEarlierVersion_IsCompleted()
    {
        var spec = NewSpec();
        new LocalInstances(_machine.DataDirectory, "ours", TimeProvider.System).OpenOrMake(spec);
        WriteAsEarlierVersions(spec);

        var instance = await _machine.NewProvider().CreateAsync(spec, default);

        await new HttpsProbe(Patience, TimeProvider.System).ProbeAsync(Server(spec, instance), default);
    }

    [Fact]
    public async Task CreateAsync_HalfMadeByAKilledService_IsCompleted()
    {
        var spec = NewSpec();
        new LocalInstances(_machine.DataDirectory, "ours", TimeProvider.System).OpenOrMake(spec);

        Assert.Null(await _machine.NewProvider().FindAsync(spec.Uid, default));
        var instance = await _machine.NewProvider().CreateAsync(spec, default);

        Assert.Equal(instance.Id, (await _machine.NewProvider().FindAsync(spec.Uid, default))?.Id);
    }

    [Fact]
    public async Task CreateAsync_AgentThatCannotStart_SaysWhy()
    {
        var fault = await Assert.ThrowsAsync<ProviderException>(
            () => _machine.NewProvider(agent: new AgentCommandLine("/nonexistent/agent", [])).CreateAsync(NewSpec(), default));

        Assert.Contains("/nonexistent/agent can't be started", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_AgentThatDies_SaysWhatItSaid()
    {
        var agent = new AgentCommandLine("/bin/sh", ["-c", "echo no luck today >&2; exit 7"]);

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _machine.NewProvider(agent: agent).CreateAsync(NewSpec(), default));

        Assert.Equal(ProviderFault.Transient, fault.Fault);
        Assert.Equal("the agent ended at its start with exit code 7: no luck today", fault.Message);
    }

    [Fact]
    public async Task CreateAsync_AgentThatHangs_IsEndedAfterTheStartTimeout()
    {
        _machine.Options.StartTimeout = TimeSpan.FromMilliseconds(300);
        var spec = NewSpec();
        var agent = new AgentCommandLine("/bin/sh", ["-c", "kill -STOP $$", "agent"]);

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _machine.NewProvider(agent: agent).CreateAsync(spec, default));

        Assert.Equal("the agent did not listen within 0.3 s", fault.Message);
        Assert.Empty(_machine.AgentsOf(spec.Uid));
    }

    [Fact]
    public async Task CreateAsync_StateDirectoryIsAFile_IsAFault()
    {
        File.WriteAllText(Path.Combine(_machine.DataDirectory, "local"), "");

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _machine.NewProvider().CreateAsync(NewSpec(), default));

        Assert.Contains("state directory", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_AgentKilled_IsNullAndDestroyLeavesNothing()
    {
        var provider = _machine.NewProvider();
        var instance = await provider.CreateAsync(NewSpec(), default);

        LocalMachine.Kill(LocalMachine.PidOf(instance));

        await EventuallyAsync(async () => await provider.FindAsync(instance.Uid, default) is null);
        Assert.Empty(await provider.ListAsync(default));
        await provider.DestroyAsync(instance, default);
        Assert.False(Directory.Exists(_machine.PathOf(instance.Uid)));
    }

    [Fact]
    public async Task DestroyAsync_Running_LeavesNoProcessNoFileAndNoPort()
    {
        var provider = _machine.NewProvider();
        var instance = await provider.CreateAsync(NewSpec(), default);

        await provider.DestroyAsync(instance, default);

        Assert.Null(await provider.FindAsync(instance.Uid, default));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_machine.DataDirectory, "local", "instances")));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(instance.Address), 2376));
        socket.Listen();
        // Nor a zombie.
        await EventuallyAsync(() => !Directory.Exists($"/proc/{LocalMachine.PidOf(instance)}"));
    }

    [Fact]
    public async Task DestroyAsync_AgentThatDoesNotListenToReason_IsEndedAfterTheGrace()
    {
        _machine.Options.StopGrace = TimeSpan.FromMilliseconds(300);
        var provider = _machine.NewProvider();
        var instance = await provider.CreateAsync(NewSpec(), default);
        await RunAsync("kill", "-STOP", LocalMachine.PidOf(instance).ToString());

        await provider.DestroyAsync(instance, default);

        Assert.Null(await provider.FindAsync(instance.Uid, default));
        Assert.Empty(_machine.AgentsOf(instance.Uid));
    }

    [Fact]
    public async Task FindAsync_ServiceKilledWhileItDestroyed_LeavesNothing()
    {
        var provider = _machine.NewProvider();
        var instance = await provider.CreateAsync(NewSpec(), default);
        new InstanceDirectory(_machine.PathOf(instance.Uid)).MarkForRemoval(TimeProvider.System.GetUtcNow());

        Assert.NotNull(await provider.FindAsync(instance.Uid, default));
        LocalMachine.Kill(LocalMachine.PidOf(instance));

        await EventuallyAsync(async () => await provider.FindAsync(instance.Uid, default) is null);
        Assert.False(Directory.Exists(_machine.PathOf(instance.Uid)));
    }

    [Fact]
    public async Task CreateAsync_AfterDestroy_IsANewInstance()
    {
        var provider = _machine.NewProvider();
        var spec = NewSpec();
        var first = await provider.CreateAsync(spec, default);
        await provider.DestroyAsync(first, default);

        var second = await provider.CreateAsync(spec, default);

        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task ListAsync_LeftoversOfLongAgo_AreRemoved()
    {
        var provider = _machine.NewProvider();
        var dead = new LocalInstances(_machine.DataDirectory, "ours", TimeProvider.System).OpenOrMake(NewSpec());
        var halfMade = Directory.CreateDirectory(_machine.PathOf(".0123")).FullName;
        var recent = new LocalInstances(_machine.DataDirectory, "ours", TimeProvider.System).OpenOrMake(NewSpec());
        var living = await provider.CreateAsync(NewSpec(), default);
        foreach (var path in new[] { dead.Path, halfMade, _machine.PathOf(living.Uid) })
        {
            Directory.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-11));
        }

        var listed = await provider.ListAsync(default);

        Assert.Equal(living.Id, Assert.Single(listed).Id);
        Assert.False(Directory.Exists(dead.Path));
        Assert.False(Directory.Exists(halfMade));
        Assert.True(Directory.Exists(recent.Path));
    }

    [Fact]
    public async Task RemoveLeftovers_WhatNoAgentHolds_GoesAtOnceAndTheLivingStay()
    {
        var living = await _machine.NewProvider().CreateAsync(NewSpec(), default);
        var dead = new LocalInstances(_machine.DataDirectory, "ours", TimeProvider.System).OpenOrMake(NewSpec());
        var halfMade = Directory.CreateDirectory(_machine.PathOf(".0123")).FullName;

        var provider = _machine.NewProvider();
        provider.RemoveLeftovers();

        Assert.False(Directory.Exists(dead.Path));
        Assert.False(Directory.Exists(halfMade));
        Assert.NotNull(await provider.FindAsync(living.Uid, default));
    }

    [Fact]
    public async Task DestroyAsync_DirectoryRemovedByHand_EndsTheProcessAllTheSame()
    {
        var provider = _machine.NewProvider();
        var instance = await provider.CreateAsync(NewSpec(), default);
        Directory.Delete(_machine.PathOf(instance.Uid), recursive: true);

        await provider.DestroyAsync(instance, default);

        Assert.Empty(_machine.AgentsOf(instance.Uid));
    }

    [Fact]
    public async Task DestroyAsync_StateDamagedByHand_EndsTheProcessAllTheSame()
    {
        var provider = _machine.NewProvider();
        var instance = await provider.CreateAsync(NewSpec(), default);
        File.WriteAllText(Path.Combine(_machine.PathOf(instance.Uid), "instance.json"), "{garbage");

        await provider.DestroyAsync(instance, default);

        Assert.Empty(_machine.AgentsOf(instance.Uid));
        Assert.False(Directory.Exists(_machine.PathOf(instance.Uid)));
    }

    [Fact]
    public async Task DestroyAsync_NeverStarted_LeavesNoDirectory()
    {
        var provider = _machine.NewProvider();
        var spec = NewSpec();
        var directory = new LocalInstances(_machine.DataDirectory, "ours", TimeProvider.System).OpenOrMake(spec);

        await provider.DestroyAsync(new Instance("", spec.Uid, spec.Name, "", default), default);

        Assert.False(Directory.Exists(directory.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("local-1")]
    [InlineData("local-x-1")]
    [InlineData("cloud-1-2")]
    public void Parse_NoInstanceOfOurs_IsNone(string id) => Assert.Null(ProcessIdentity.Parse(id));

    [Fact]
    public async Task FindAsync_UidThatIsAPath_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _machine.NewProvider().FindAsync("../../etc", default));

    private string SpecOf(InstanceSpec spec) => Path.Combine(_machine.PathOf(spec.Uid), "spec.json");

    private void WriteAsEarlierVersions(InstanceSpec spec)
    {
        var json = JsonNode.Parse(File.ReadAllText(SpecOf(spec)))!.AsObject();
        json["caCertificate"] = Encoding.ASCII.GetString(spec.Credentials.CaCertificate.Span);
        json["tlsCertificate"] = Encoding.ASCII.GetString(spec.Credentials.TlsCertificate.Span);
        json.Remove("address");
        json["tlsKey"] = Encoding.ASCII.GetString(spec.Credentials.TlsKey.Span);
        File.WriteAllText(SpecOf(spec), json.ToJsonString());
    }

    private static InstanceSpec NewSpec()
    {
        var name = ServerNames.Generate("agent-");
        return new InstanceSpec(
            Guid.NewGuid().ToString("N"),
            name,
            "any image",
            "any region",
            "any size",
            UserData: "",
            Labels: new Dictionary<string, string>(),
            new ServerCredentialsFactory(TimeProvider.System).Create(name));
    }

    private static ServerRecord Server(InstanceSpec spec, Instance instance) => new()
    {
        Uid = spec.Uid,
        Name = spec.Name,
        Provider = "local",
        Credentials = spec.Credentials,
        Address = instance.Address,
        Created = instance.Created,
    };

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static Task EventuallyAsync(Func<bool> condition) => EventuallyAsync(() => Task.FromResult(condition()));

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }
}
