using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>The rules of a server's life, each by its number. LifecycleTests tells more of each; the simulation tries them all at once.</summary>
public sealed class RulesTests : IAsyncLifetime
{
    private readonly EngineFixture _engine = new();

    private static CancellationToken Timeout => EngineFixture.Timeout;

    private static readonly string[] Twenty = [.. Enumerable.Range(0, 20).Select(i => $"s{i:00}")];

    public Task InitializeAsync() => _engine.StartAsync();

    public Task DisposeAsync() => _engine.DisposeAsync().AsTask();

    [Fact]
    public async Task Rule01_IntentFirst_WhatWasAcknowledgedIsThereAfterACrash()
    {
        _engine.Provider.BeforeCreate = token => Task.Delay(System.Threading.Timeout.Infinite, token);
        _engine.Options.StopGrace = TimeSpan.Zero;
        var acknowledged = await _engine.ProvisionAsync();

        await _engine.RestartAsync();

        var found = await _engine.LookAsync(_ => true);
        Assert.Equal((acknowledged.Uid, acknowledged.Secret), (found.Uid, found.Secret));
        Assert.True(found.Credentials.CaKey.Span.SequenceEqual(acknowledged.Credentials.CaKey.Span));
        Assert.Equal("ProvisionRequested", (await _engine.ReasonsAsync())[0]);
    }

    [Fact]
    public async Task Rule02_OneWorker_ASaveUnderALostLeaseIsRefused()
    {
        _engine.Provider.BeforeCreate = token => Task.Delay(System.Threading.Timeout.Infinite, token);
        await _engine.ProvisionAsync();
        var leased = await _engine.LookAsync(s => s is { CreateIsOpen: true, LeaseOwner: not null });
        await _engine.TerminateAsync();

        Assert.Null(await _engine.Store.SaveAsync(new(leased with { Error = "late" }), leased.LeaseOwner!, Timeout));
        Assert.Null(await _engine.Store.SaveAsync(new((await _engine.LookAsync(_ => true)) with { Error = "other" }), "another", Timeout));
        var other = new Lease("another", _engine.Time.GetUtcNow(), _engine.Time.GetUtcNow() + TimeSpan.FromMinutes(1));
        Assert.Empty((await _engine.Store.ClaimAsync(other, 9, _ => 9, Timeout)).Servers);
        Assert.True(_engine.Options.StepDeadline < leased.LeaseUntil - _engine.Time.GetUtcNow());
    }

    [Fact]
    public async Task Rule03_Journal_EveryCreateIsOnDiskBeforeItIsAsked()
    {
        var journals = new List<bool>();
        _engine.Provider.BeforeCreate = async _ =>
        {
            var row = await _engine.LookAsync(_ => true);
            journals.Add(row is { State: ServerState.Creating, CreateIsOpen: true, AbsentSince: null });
            throw new HttpRequestException("lost");
        };
        await _engine.ProvisionAsync();
        await _engine.IsAsync(s => s.Error.Length > 0);
        await _engine.PassTimeAsync();
        await _engine.LookAsync(s => s.Attempts == 2);

        Assert.Equal([true, true], journals);
    }

    [Fact]
    public async Task Rule03_Journal_AnInstanceThatIsFoundLateIsAdoptedThoughLooksMissedIt()
    {
        // The second try's answer is lost too, in the same words: the wait must be counted from the last look, not from the first failure.
        _engine.Provider.ConsistencyWindow = TimeSpan.FromMinutes(10);
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "timeout");
        await _engine.ProvisionAsync();
        await _engine.IsAsync(s => s.Error.Length > 0);
        await _engine.PassTimeAsync();
        await _engine.LookAsync(s => s.AbsentSince is not null);
        await _engine.PassTimeUntilAsync(s => s is { Attempts: 2, AbsentSince: null, LeaseOwner: null });
        _engine.Provider.BeforeCreate = _ => Task.CompletedTask;

        await _engine.PassTimeAsync();
        var missed = await _engine.LookAsync(s => s.AbsentSince is not null && s.LeaseOwner is null);
        Assert.Equal(missed.AbsentSince + (TimeSpan.FromMinutes(10) / 3), missed.WakeAt);
        _engine.Provider.Stray(new("late", missed.Uid, "one", "192.0.2.7", _engine.Time.GetUtcNow()));
        await _engine.PassTimeAsync();

        Assert.Equal("late", (await _engine.IsAsync(ServerState.Running)).InstanceId);
        Assert.Equal(0, _engine.Provider.Created);
    }

    [Fact]
    public async Task Rule04_Tags_TheSpecBearsWhatTheInstanceIsTaggedWith()
    {
        var server = await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);

        var instance = Assert.Single(_engine.Provider.Instances);

        Assert.Equal((server.Uid, server.Name), (instance.Uid, instance.Name));
    }

    [Fact]
    public async Task Rule05_Idempotency_EveryTryOfAServerHasTheSameUid()
    {
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "busy");
        var server = await _engine.ProvisionAsync();
        await _engine.IsAsync(s => s.Error.Length > 0);
        await _engine.PassTimeAsync();
        await _engine.LookAsync(s => s.Attempts == 2);

        Assert.Equal([server.Uid, server.Uid], _engine.Provider.AskedFor);
    }

    [Theory]
    [InlineData(ProviderFault.Transient, ServerState.Creating, true)]
    [InlineData(ProviderFault.CapacityUnavailable, ServerState.Creating, false)]
    [InlineData(ProviderFault.Rejected, ServerState.Error, false)]
    [InlineData(null, ServerState.Creating, true)]
    public async Task Rule06_UnknownIsNotFailed_OnlyARefusalClosesTheCreate(ProviderFault? fault, ServerState state, bool isOpen)
    {
        _engine.Provider.BeforeCreate = _ => throw (fault is { } kind ? new ProviderException(kind, "no") : new TimeoutException());
        await _engine.ProvisionAsync();

        var failed = await _engine.IsAsync(s => s.Error.Length > 0);

        Assert.Equal((state, isOpen), (failed.State, failed.CreateIsOpen));
    }

    [Theory]
    [InlineData(ProviderFault.Rejected)]
    [InlineData(ProviderFault.CapacityUnavailable)]
    public async Task Rule06_UnknownIsNotFailed_ARefusedLookLeavesTheCreateOpen(ProviderFault fault)
    {
        _engine.Provider.AfterCreate = _ => throw new HttpRequestException("lost");
        await _engine.ProvisionAsync();
        await _engine.IsAsync(s => s.Error.Length > 0);
        _engine.Provider.BeforeFind = () => throw new ProviderException(fault, "bad token");
        await _engine.PassTimeAsync();
        var refused = await _engine.IsAsync(s => s.Error == "bad token");
        Assert.Equal((ServerState.Creating, true), (refused.State, refused.CreateIsOpen));

        await _engine.TerminateAsync();
        _engine.Provider.BeforeFind = () => { };
        while ((await _engine.LookAsync(s => s.LeaseOwner is null && s.WakeAt > _engine.Time.GetUtcNow())).State != ServerState.Stopped)
            await _engine.PassTimeAsync();

        Assert.Empty(_engine.Provider.Instances);
    }

    [Fact]
    public async Task Rule07_TerminateAtAnyTime_AnOpenCreateIsResolvedThenDestroyed()
    {
        _engine.Provider.ConsistencyWindow = TimeSpan.FromMinutes(1);
        var answer = new TaskCompletionSource();
        _engine.Provider.AfterCreate = _ => answer.Task;
        await _engine.ProvisionAsync();
        await _engine.LookAsync(_ => _engine.Provider.Created == 1);

        await _engine.TerminateAsync();
        answer.SetException(new HttpRequestException("lost"));

        await _engine.PassTimeUntilAsync(s => s.State == ServerState.Stopped);
        Assert.Empty(_engine.Provider.Instances);
    }

    [Fact]
    public async Task Rule08_GoneMeansAbsent_AProviderThatMayMissItIsAskedAgain()
    {
        _engine.Provider.ConsistencyWindow = TimeSpan.FromMinutes(1);
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        var uid = (await _engine.LookAsync(_ => true)).Uid;

        await _engine.TerminateAsync(force: true);
        await _engine.PassTimeAsync();
        var missed = await _engine.LookAsync(s => s.AbsentSince is not null && s.LeaseOwner is null);
        Assert.Equal(ServerState.Stopping, missed.State);
        // It was there all the time.
        _engine.Provider.Stray(new("still", uid, "one", "", _engine.Time.GetUtcNow()));
        await _engine.PassTimeAsync();
        await _engine.LookAsync(s => s is { AbsentSince: null, LeaseOwner: null, State: ServerState.Stopping });
        Assert.Empty(_engine.Provider.Instances);

        await _engine.PassTimeUntilAsync(s => s.State == ServerState.Stopped);
    }

    [Fact]
    public async Task Rule09_Drain_HasOneDeadlineThatIsSavedWithTheRow()
    {
        _engine.Provider.DrainTimeout = TimeSpan.FromHours(1);
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        var deadline = (await _engine.TerminateAsync()).Deadline;

        _engine.Time.Advance(TimeSpan.FromMinutes(30));
        await _engine.RestartAsync();
        await _engine.TerminateAsync();

        Assert.Equal(deadline, (await _engine.LookAsync(s => s.LeaseOwner is null && s.WakeAt == deadline)).Deadline);
        Assert.Single(_engine.Provider.Instances);
        await _engine.PassTimeAsync();
        Assert.Equal(deadline, _engine.Time.GetUtcNow());
        await _engine.IsAsync(ServerState.Stopping);
        await _engine.PassTimeUntilAsync(s => s.State == ServerState.Stopped);
        Assert.Empty(_engine.Provider.Instances);
    }

    [Fact]
    public async Task Rule10_Readiness_TakesTwoAnswersAndGrowingPauses()
    {
        _engine.Probe.Answers = false;
        await _engine.ProvisionAsync();
        var pauses = new List<double>();
        for (var looks = 0; looks < 6; looks++)
        {
            var tries = looks;
            var waiting = await _engine.LookAsync(s => s.State == ServerState.Staging && s.LeaseOwner is null && s.Attempts == tries + 1);
            pauses.Add((waiting.WakeAt!.Value - _engine.Time.GetUtcNow()).TotalSeconds);
            await _engine.PassTimeAsync();
        }
        _engine.Probe.Answers = true;
        var probes = _engine.Probe.Probes;
        await _engine.PassTimeAsync();
        var running = await _engine.IsAsync(ServerState.Running);

        Assert.Equal(probes + 2, _engine.Probe.Probes);
        Assert.Equal([1, 2, 4, 8, 15, 15], pauses);
        Assert.NotNull(running.Started);
    }

    [Fact]
    public async Task Rule11_Liveness_OneOfTwentyDead_IsHandled()
    {
        await RunTwentyAsync();
        _engine.Probe.Silent.Add("s07");

        for (var probes = 0; probes < _engine.Options.LivenessFailures; probes++)
            await _engine.ProbeAsync(Twenty);

        Assert.Contains("5 probes", (await _engine.IsAsync(ServerState.Error, "s07")).Error);
        Assert.Equal(19, await RunningAsync());
    }

    [Fact]
    public async Task Rule11_Liveness_TwelveOfTwentyUnreachable_NoneIsTouchedUntilTheyAnswer()
    {
        await RunTwentyAsync();
        _engine.Probe.Silent.UnionWith(Twenty[..12]);

        for (var probes = 0; probes < _engine.Options.LivenessFailures * 3; probes++)
            await _engine.ProbeAsync(Twenty);
        await _engine.LookAsync(s => s.Probes >= 14, "s00");
        Assert.Equal(new(20, 12, IsSuspended: true), await _engine.Breaker.ReadAsync(Timeout));
        Assert.Equal(20, await RunningAsync());

        _engine.Probe.Silent.Clear();
        await _engine.ProbeAsync(Twenty);
        foreach (var name in Twenty)
            await _engine.LookAsync(s => s is { State: ServerState.Running, Probes: 0 }, name);
        Assert.DoesNotContain("Unreachable", await _engine.ReasonsAsync("s00"));
    }

    [Fact]
    public async Task Rule11_Liveness_NetworkComesBackForSome_TheOthersHaveToFailAnew()
    {
        await RunTwentyAsync();
        _engine.Probe.Silent.UnionWith(Twenty[..12]);
        for (var probes = 0; probes < _engine.Options.LivenessFailures * 3; probes++)
            await _engine.ProbeAsync(Twenty);

        await _engine.SettleAsync(Twenty);
        _engine.Probe.Silent.ExceptWith(Twenty[4..]);
        for (var probes = 0; probes < _engine.Options.LivenessFailures - 1; probes++)
            await _engine.ProbeAsync(Twenty);
        await _engine.SettleAsync(Twenty);
        Assert.False((await _engine.Breaker.ReadAsync(Timeout)).IsSuspended);
        Assert.Equal(20, await RunningAsync());

        for (var probes = 0; probes < _engine.Options.LivenessFailures; probes++)
            await _engine.ProbeAsync(Twenty);
        foreach (var name in Twenty[..4])
            await _engine.IsAsync(ServerState.Error, name);
        Assert.Equal(16, await RunningAsync());
    }

    [Fact]
    public async Task Rule11_Liveness_ManySilentAndTheProviderCannotListThem_NoneIsStopped()
    {
        await RunTwentyAsync();
        _engine.Probe.Answers = false;
        _engine.Provider.Lose();
        _engine.Provider.BeforeList = () => throw new ProviderException(ProviderFault.Transient, "HTTP 503");

        for (var probes = 0; probes < _engine.Options.LivenessFailures * 2; probes++)
            await _engine.ProbeAsync(Twenty);

        Assert.Equal(20, await RunningAsync());
        Assert.DoesNotContain("StepFailed", await _engine.ReasonsAsync("s00"));
    }

    [Fact]
    public async Task Rule11_Liveness_ManyGoneByTheProvidersWord_AreStoppedUnlessItKnowsNoneAtAll()
    {
        await RunTwentyAsync();
        _engine.Probe.Answers = false;
        _engine.Provider.Lose();

        for (var probes = 0; probes < _engine.Options.LivenessFailures * 2; probes++)
            await _engine.ProbeAsync(Twenty);
        // A token of another account would look the same.
        Assert.Equal(20, await RunningAsync());

        _engine.Provider.Stray(new("known", "another", "another", "", _engine.Time.GetUtcNow()));
        for (var probes = 0; probes < _engine.Options.LivenessFailures; probes++)
            await _engine.ProbeAsync(Twenty);
        foreach (var name in Twenty)
        {
            while ((await _engine.LookAsync(s => s.LeaseOwner is null && s.WakeAt > _engine.Time.GetUtcNow(), name)).State != ServerState.Stopped)
                await _engine.PassTimeAsync(name);
        }
    }

    [Fact]
    public async Task Rule11_Liveness_AnInstanceThatMoved_IsAskedAtItsNewAddress()
    {
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        _engine.Probe.Answers = false;
        _engine.Provider.Move("192.0.2.9");

        await _engine.PassTimeAsync();
        await _engine.PassTimeAsync();
        await _engine.IsAsync(s => s.Address == "192.0.2.9");
        _engine.Probe.Answers = true;
        await _engine.PassTimeAsync();

        Assert.Equal(ServerState.Running, (await _engine.LookAsync(s => s.Probes == 0)).State);
        Assert.Contains("AddressChanged", await _engine.ReasonsAsync());
    }

    [Fact]
    public async Task Rule11_Liveness_LooksThatMissTheInstance_CountNoMoreProbesThanTheirTime()
    {
        _engine.Provider.ConsistencyWindow = TimeSpan.FromSeconds(9);
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        _engine.Probe.Answers = false;
        await _engine.PassTimeAsync();
        var first = _engine.Time.GetUtcNow();

        // For a lapse of its listing the provider misses it.
        await _engine.LookAsync(s => s.Probes == 1);
        _engine.Provider.IsAnothers = true;
        for (var looks = 0; looks < 3; looks++)
        {
            await _engine.PassTimeAsync();
            await _engine.LookAsync(s => s is { Probes: 2, AbsentSince: not null, LeaseOwner: null } && s.WakeAt > _engine.Time.GetUtcNow());
        }
        _engine.Provider.IsAnothers = false;
        await _engine.PassTimeAsync();
        await _engine.LookAsync(s => s is { State: ServerState.Running, Probes: 2, AbsentSince: null });

        await _engine.PassTimeUntilAsync(s => s.State == ServerState.Error);
        Assert.True(_engine.Time.GetUtcNow() - first >= _engine.Options.LivenessInterval * (_engine.Options.LivenessFailures - 1));
    }

    [Fact]
    public async Task Rule12_ErrorsDoNotLinger_AnInstanceInErrorIsTakenAway()
    {
        _engine.Probe.Answers = false;
        await _engine.ProvisionAsync();
        await _engine.LookAsync(s => s.State == ServerState.Staging && s.LeaseOwner is null);
        _engine.Time.Advance(_engine.Options.ReadyDeadline);
        var failed = await _engine.LookAsync(s => s.State == ServerState.Error && s.LeaseOwner is null);
        Assert.Equal(_engine.Time.GetUtcNow() + _engine.Options.ErrorRetention, failed.WakeAt);
        Assert.Single(_engine.Provider.Instances);

        await _engine.PassTimeAsync();
        await _engine.IsAsync(ServerState.Stopping);
        await _engine.PassTimeAsync();

        await _engine.IsAsync(ServerState.Stopped);
        Assert.Empty(_engine.Provider.Instances);
    }

    [Fact]
    public async Task Rule13_Sweep_AnOrphanGoesAndWhatIsOwnedStays()
    {
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        _engine.Provider.Stray(new("orphan", "nobodys", "nobody", "", _engine.Time.GetUtcNow()));
        var destroyed = new List<int>();

        for (var sweeps = 0; sweeps < 3; sweeps++)
        {
            await _engine.SweepAsync();
            destroyed.Add(_engine.Provider.Destroyed);
        }

        // Seen, and too young; then seen once more, and old enough.
        Assert.Equal([0, 1, 1], destroyed);
        Assert.Equal("one", Assert.Single(_engine.Provider.Instances).Name);
    }

    [Fact]
    public async Task Rule13_Sweep_ADuplicateGoesAndTheOneThatTheRowNamesStays()
    {
        await _engine.ProvisionAsync();
        var server = await _engine.IsAsync(ServerState.Running);
        _engine.Provider.Stray(new("duplicate", server.Uid, server.Name, "", _engine.Time.GetUtcNow()));

        for (var sweeps = 0; sweeps < 3; sweeps++)
            await _engine.SweepAsync();

        Assert.Equal(1, _engine.Provider.Destroyed);
        Assert.Equal(server.InstanceId, Assert.Single(_engine.Provider.Instances).Id);
        Assert.Contains("OrphanRemoved", await _engine.ReasonsAsync());
    }

    [Fact]
    public async Task Rule13_Sweep_AnInstanceThatLostItsUid_StaysWithTheServerThatNamesIt()
    {
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        _engine.Provider.Change(instance => instance with { Uid = "" });

        for (var sweeps = 0; sweeps < 5; sweeps++)
            await _engine.SweepAsync();

        Assert.Equal(0, _engine.Provider.Destroyed);
    }

    [Fact]
    public async Task Rule08_GoneMeansAbsent_NotByTheWordOfAnotherAccount()
    {
        await _engine.ProvisionAsync();
        await _engine.ProvisionAsync("two");
        await _engine.IsAsync(ServerState.Running);
        await _engine.IsAsync(ServerState.Running, "two");
        _engine.Time.Advance(TimeSpan.FromSeconds(1));
        _engine.Provider.IsAnothers = true;

        await _engine.TerminateAsync();
        await _engine.IsAsync(ServerState.Stopping);
        await _engine.PassTimeAsync();
        await _engine.IsAsync(s => s.Error.Contains("another account", StringComparison.Ordinal));
        await _engine.SweepAsync();
        _engine.Provider.IsAnothers = false;

        Assert.Equal(2, _engine.Provider.Instances.Count);
        while ((await _engine.LookAsync(s => s.LeaseOwner is null && s.WakeAt > _engine.Time.GetUtcNow())).State != ServerState.Stopped)
            await _engine.PassTimeAsync();
        Assert.Equal("two", Assert.Single(_engine.Provider.Instances).Name);
    }

    [Fact]
    public async Task Rule06_RetryAfter_TheTimeThatTheProviderAsksForIsNotTakenFromTheTries()
    {
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "429", _engine.Options.CreateDeadline * 2);
        await _engine.ProvisionAsync();
        var waiting = await _engine.LookAsync(s => s.Error.Length > 0 && s.LeaseOwner is null);
        _engine.Provider.BeforeCreate = _ => Task.CompletedTask;

        Assert.Equal(_engine.Time.GetUtcNow() + (_engine.Options.CreateDeadline * 2), waiting.WakeAt);
        await _engine.PassTimeAsync();

        await _engine.IsAsync(ServerState.Running);
    }

    [Fact]
    public async Task Rule16_StormProof_WhatIsAskedForComesBeforeProbes()
    {
        _engine.Options.Concurrency = 1;
        await _engine.RestartAsync();
        foreach (var name in Twenty)
            await _engine.ProvisionAsync(name);
        foreach (var name in Twenty)
            await _engine.IsAsync(ServerState.Running, name);
        await _engine.SettleAsync(Twenty);
        var probed = _engine.Probe.Probes;
        _engine.Probe.Hold();
        _engine.Time.Advance(_engine.Options.LivenessInterval);
        await EngineFixture.UntilAsync(() => _engine.Probe.Probes > probed);

        await _engine.TerminateAsync("s19");
        _engine.Probe.Hold();

        await _engine.IsAsync(ServerState.Stopping, "s19");
        Assert.InRange(_engine.Probe.Probes, probed + 1, probed + 2);
        _engine.Probe.LetGo();
    }

    [Fact]
    public async Task Rule13_Sweep_AListingThatFails_SweepsNothing()
    {
        _engine.Provider.Stray(new("orphan", "nobodys", "nobody", "", DateTimeOffset.UnixEpoch));
        _engine.Provider.BeforeList = () => throw new ProviderException(ProviderFault.Transient, "cut short");

        for (var sweeps = 0; sweeps < 5; sweeps++)
            await _engine.SweepAsync();

        Assert.Equal(0, _engine.Provider.Destroyed);
    }

    [Fact]
    public async Task Rule13_Sweep_MoreThanTheCap_SweepsNone()
    {
        for (var i = 0; i < 4; i++)
            _engine.Provider.Stray(new($"orphan-{i}", $"nobodys-{i}", "nobody", "", DateTimeOffset.UnixEpoch));

        for (var sweeps = 0; sweeps < 5; sweeps++)
            await _engine.SweepAsync();

        Assert.Equal(0, _engine.Provider.Destroyed);
    }

    [Fact]
    public async Task Rule13_Sweep_ToldToLogOnly_RemovesNothing()
    {
        _engine.Options.Sweep = SweepMode.Log;
        _engine.Provider.Stray(new("orphan", "nobodys", "nobody", "", DateTimeOffset.UnixEpoch));

        for (var sweeps = 0; sweeps < 5; sweeps++)
            await _engine.SweepAsync();

        Assert.Equal(0, _engine.Provider.Destroyed);
    }

    [Fact]
    public async Task Rule13_Sweep_RunsAtTheStartAndThenNowAndThen()
    {
        await _engine.Sweeper.StartAsync(Timeout);
        for (var sweeps = 1; sweeps < 4; sweeps++)
        {
            var done = sweeps;
            await EngineFixture.UntilAsync(() => _engine.Provider.Listed >= done && _engine.Other.Listed >= done);
            _engine.Time.Advance(_engine.Options.SweepInterval);
        }

        await EngineFixture.UntilAsync(() => _engine.Provider.Listed >= 4);
    }

    [Fact]
    public async Task Rule14_StartAndStop_LeasesOfTheDeadAreTakenUpAtOnce()
    {
        await _engine.StopAsync();
        await _engine.ProvisionAsync();
        var lease = new Lease("dead", _engine.Time.GetUtcNow(), _engine.Time.GetUtcNow() + _engine.Options.LeaseDuration);
        Assert.Single((await _engine.Store.ClaimAsync(lease, 1, _ => 1, Timeout)).Servers);

        await _engine.RestartAsync();

        await _engine.IsAsync(ServerState.Running);
        Assert.Equal(1, _engine.Provider.Created);
    }

    [Fact]
    public async Task Rule15_Clock_ADeadlineOfAWrongClockKeepsNoMachine()
    {
        // Two days ahead, a server fails; then the clock is set right.
        _engine.Probe.Answers = false;
        await _engine.ProvisionAsync();
        await _engine.LookAsync(s => s.State == ServerState.Staging && s.LeaseOwner is null);
        _engine.Time.Advance(TimeSpan.FromDays(2));
        while ((await _engine.LookAsync(s => s.LeaseOwner is null)).State != ServerState.Error)
            await _engine.PassTimeAsync();
        _engine.Time.Advance(TimeSpan.FromDays(-2));
        var corrected = _engine.Time.GetUtcNow();
        // Something is to wake the lifecycle, which looks at the clock every minute otherwise.
        await _engine.ProvisionAsync("two");
        await _engine.LookAsync(s => s.WakeAt < corrected + TimeSpan.FromDays(1));

        while ((await _engine.LookAsync(s => s.LeaseOwner is null && s.WakeAt > _engine.Time.GetUtcNow())).State != ServerState.Stopped)
            await _engine.PassTimeAsync();
        Assert.InRange(_engine.Time.GetUtcNow() - corrected, _engine.Options.ErrorRetention, 2 * _engine.Options.ErrorRetention);
    }

    [Fact]
    public async Task Rule16_StormProof_AProviderThatHangsLeavesRoomForAnother()
    {
        _engine.FleetOptions.MaxServers = 1000;
        _engine.Provider.BeforeCreate = token => Task.Delay(System.Threading.Timeout.Infinite, token);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _engine.ProvisionAsync($"hung-{i}")));
        await EngineFixture.UntilAsync(() => _engine.Provider.Asked.Count == _engine.Options.Concurrency * 3 / 4);

        await _engine.Fleet.ProvisionAsync(new() { Name = "other", Provider = "other" }, EngineFixture.Tester, Timeout);

        await _engine.IsAsync(ServerState.Running, "other");
    }

    private async Task RunTwentyAsync()
    {
        await Task.WhenAll(Twenty.Select(_engine.ProvisionAsync));
        foreach (var name in Twenty)
            await _engine.IsAsync(ServerState.Running, name);
    }

    private async Task<int> RunningAsync() =>
        (await _engine.Store.ListAsync(new() { States = new HashSet<ServerState> { ServerState.Running } }, null, int.MaxValue, Timeout)).Count;
}
