using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.LiteDb;

namespace ServersGrpc.Tests.Engine.Lifecycle;

public sealed class LifecycleTests : IAsyncLifetime
{
    private readonly EngineFixture _engine = new();

    private static CancellationToken Timeout => EngineFixture.Timeout;

    public Task InitializeAsync() => _engine.StartAsync();

    public Task DisposeAsync() => _engine.DisposeAsync().AsTask();

    [Fact]
    public async Task Provision_ProviderAnswers_RunsWithItsWholeStoryTold()
    {
        var pending = await _engine.ProvisionAsync();

        var running = await _engine.IsAsync(ServerState.Running);

        Assert.Equal(ServerState.Pending, pending.State);
        Assert.Equal(("i-1", "192.0.2.1", ""), (running.InstanceId, running.Address, running.Error));
        Assert.NotNull(running.Started);
        Assert.Equal(2, _engine.Probe.Probes);
        Assert.Equal(["ProvisionRequested", "CreateRequested", "InstanceCreated", "Booting", "Ready"], await _engine.ReasonsAsync());
    }

    [Fact]
    public async Task Provision_ProviderIsTransient_TriesAgainLater()
    {
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "429");
        await _engine.ProvisionAsync();
        var failed = await _engine.IsAsync(s => s.Error.Length > 0);
        Assert.Equal((ServerState.Creating, true, "429"), (failed.State, failed.CreateIsOpen, failed.Error));

        _engine.Provider.BeforeCreate = _ => Task.CompletedTask;
        await _engine.PassTimeAsync();

        Assert.Equal("", (await _engine.IsAsync(ServerState.Running)).Error);
    }

    [Fact]
    public async Task Provision_RetryAfter_IsHonored()
    {
        var asked = TimeSpan.FromMinutes(20);
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "429", asked);
        await _engine.ProvisionAsync();

        var waiting = await _engine.IsAsync(s => s.Error.Length > 0);

        Assert.True(waiting.WakeAt >= _engine.Time.GetUtcNow() + asked - TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Provision_Rejected_IsAnErrorAtOnceAndPurgedLater()
    {
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Rejected, "no such image");
        await _engine.ProvisionAsync();

        var error = await _engine.IsAsync(ServerState.Error);
        Assert.Equal("no such image", error.Error);
        Assert.False(error.MayHaveInstance);
        await _engine.PassTimeAsync();

        await _engine.LookGoneAsync();
        Assert.Equal("Purged", (await _engine.ReasonsAsync()).Last());
    }

    [Fact]
    public async Task Provision_NeverSucceeds_IsGivenUpWithinItsBudget()
    {
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.CapacityUnavailable, "out of stock");
        await _engine.ProvisionAsync();

        for (var state = ServerState.Pending; state != ServerState.Error;)
        {
            await _engine.PassTimeAsync();
            state = (await _engine.LookAsync(s => s.LeaseOwner is null && s.WakeAt > _engine.Time.GetUtcNow())).State;
        }

        // The same words again are no event of their own.
        Assert.Equal(["CapacityUnavailable", "RetriesExhausted"], (await _engine.ReasonsAsync()).Where(r => r != "CreateRequested").Skip(1));
        Assert.Equal(0, _engine.Provider.Created);
    }

    [Fact]
    public async Task Create_AnswerLost_IsAdoptedNotMadeTwice()
    {
        _engine.Provider.AfterCreate = _ => throw new HttpRequestException("connection reset");
        await _engine.ProvisionAsync();
        await _engine.IsAsync(s => s.Error.Length > 0);

        _engine.Provider.AfterCreate = _ => Task.CompletedTask;
        await _engine.PassTimeAsync();
        await _engine.IsAsync(ServerState.Running);

        Assert.Equal(1, _engine.Provider.Created);
        Assert.Contains("InstanceAdopted", await _engine.ReasonsAsync());
    }

    [Fact]
    public async Task Create_UnforeseenFault_ItsWordsStayOutOfTheRecord()
    {
        _engine.Provider.BeforeCreate = _ => throw new HttpRequestException("token=hunter2");
        await _engine.ProvisionAsync();

        var failed = await _engine.IsAsync(s => s.Error.Length > 0);

        Assert.DoesNotContain("hunter2", failed.Error);
    }

    [Fact]
    public async Task Create_TooNewToBeFound_WaitsForTheConsistencyWindow()
    {
        _engine.Provider.ConsistencyWindow = TimeSpan.FromMinutes(10);
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "timeout");
        await _engine.ProvisionAsync();
        await _engine.IsAsync(s => s.Error.Length > 0);
        _engine.Provider.BeforeCreate = _ => Task.CompletedTask;

        await _engine.PassTimeAsync();
        var missed = await _engine.LookAsync(s => s.AbsentSince is not null && s.LeaseOwner is null);

        var journaled = await _engine.PassTimeUntilAsync(s => s.AbsentSince is null || (s.LeaseOwner is null && s.WakeAt > missed.AbsentSince + TimeSpan.FromMinutes(10)));
        Assert.Null(journaled.AbsentSince);
        Assert.InRange(
            _engine.Time.GetUtcNow() - missed.AbsentSince!.Value, TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(5), TimeSpan.FromMinutes(10));
        await _engine.IsAsync(ServerState.Running);
    }

    [Fact]
    public async Task Create_StepHangs_IsCutOffAndLookedFor()
    {
        _engine.Provider.AfterCreate = token => Task.Delay(System.Threading.Timeout.Infinite, token);
        await _engine.ProvisionAsync();
        await _engine.LookAsync(s => _engine.Provider.Created == 1);
        _engine.Provider.AfterCreate = _ => Task.CompletedTask;

        _engine.Time.Advance(_engine.Options.StepDeadline);
        await _engine.IsAsync(s => s.Error.Length > 0);
        await _engine.PassTimeAsync();
        await _engine.IsAsync(ServerState.Running);

        Assert.Equal(1, _engine.Provider.Created);
    }

    [Fact]
    public async Task Terminate_Running_IsStoppedWhenNothingIsLeft()
    {
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);

        await _engine.TerminateAsync();
        await _engine.PassTimeAsync();
        var stopped = await _engine.IsAsync(ServerState.Stopped);

        Assert.NotNull(stopped.Stopped);
        Assert.Empty(_engine.Provider.Instances);
        Assert.Equal(["TerminateRequested", "Stopping", "Stopped"], (await _engine.ReasonsAsync()).TakeLast(3));
    }

    [Fact]
    public async Task Terminate_WhileCreating_TheInstanceIsMadeOutAndRemoved()
    {
        var answer = new TaskCompletionSource();
        _engine.Provider.AfterCreate = _ => answer.Task;
        await _engine.ProvisionAsync();
        await _engine.LookAsync(_ => _engine.Provider.Created == 1);

        Assert.Equal(ServerState.Shutdown, (await _engine.TerminateAsync()).State);
        answer.SetResult();
        await _engine.PassTimeAsync();
        await _engine.IsAsync(ServerState.Stopped);

        Assert.Equal((1, 0), (_engine.Provider.Created, _engine.Provider.Instances.Count));
        Assert.DoesNotContain("InstanceCreated", await _engine.ReasonsAsync());
    }

    [Fact]
    public async Task Terminate_NeverCreated_AsksNoProvider()
    {
        await _engine.Store.SetPausedAsync(true, Timeout);
        await _engine.ProvisionAsync();

        await _engine.TerminateAsync();
        await _engine.IsAsync(ServerState.Stopped);

        Assert.Equal((0, 0), (_engine.Provider.Created, _engine.Provider.Destroyed));
    }

    [Fact]
    public async Task Terminate_RemovalAcknowledgedOnly_IsNotStopped()
    {
        _engine.Provider.Removes = false;
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        await _engine.TerminateAsync();
        for (var looks = 0; looks < 5; looks++)
            await _engine.PassTimeAsync();
        Assert.Equal(ServerState.Stopping, (await _engine.LookAsync(s => s.LeaseOwner is null)).State);

        _engine.Provider.Removes = true;
        while (_engine.Provider.Instances.Count > 0)
            await _engine.PassTimeAsync();
        await _engine.PassTimeAsync();

        await _engine.IsAsync(ServerState.Stopped);
    }

    [Fact]
    public async Task Terminate_RemovalFails_GoesOnUntilItSucceeds()
    {
        _engine.Provider.BeforeDestroy = () => throw new ProviderException(ProviderFault.Rejected, "locked");
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        await _engine.TerminateAsync();
        for (var tries = 0; tries < 20; tries++)
            await _engine.PassTimeAsync();
        var stuck = await _engine.LookAsync(s => s.LeaseOwner is null);
        Assert.Equal((ServerState.Stopping, "locked"), (stuck.State, stuck.Error));

        _engine.Provider.BeforeDestroy = () => { };
        await _engine.PassTimeAsync();
        await _engine.PassTimeAsync();

        await _engine.IsAsync(ServerState.Stopped);
        Assert.Empty(_engine.Provider.Instances);
    }

    [Fact]
    public async Task Terminate_WithADrain_WaitsForItsDeadlineUnlessForced()
    {
        _engine.Provider.DrainTimeout = TimeSpan.FromMinutes(10);
        await _engine.ProvisionAsync("drained");
        await _engine.ProvisionAsync("forced");
        await _engine.IsAsync(ServerState.Running, "drained");
        await _engine.IsAsync(ServerState.Running, "forced");

        await _engine.TerminateAsync("drained");
        await _engine.TerminateAsync("forced");
        await _engine.TerminateAsync("forced", force: true);
        await _engine.LookAsync(s => s.State == ServerState.Stopping, "forced");
        var draining = await _engine.LookAsync(s => s.LeaseOwner is null && s.WakeAt > _engine.Time.GetUtcNow(), "drained");

        Assert.Equal((ServerState.Shutdown, draining.Deadline), (draining.State, draining.WakeAt));
        _engine.Time.Advance(TimeSpan.FromMinutes(10));
        await _engine.LookAsync(s => s.State == ServerState.Stopping, "drained");
    }

    [Fact]
    public async Task Stopped_AfterItsRetention_IsPurgedAndItsEventsStay()
    {
        await _engine.Store.SetPausedAsync(true, Timeout);
        await _engine.ProvisionAsync();
        await _engine.TerminateAsync();
        await _engine.IsAsync(ServerState.Stopped);

        _engine.Time.Advance(_engine.Options.StoppedRetention);
        await _engine.LookGoneAsync();

        Assert.Equal("Purged", (await _engine.ReasonsAsync())[^1]);
        await _engine.ProvisionAsync();
    }

    [Fact]
    public async Task Staging_NeverAnswers_IsAnErrorAtItsDeadlineAndThenRemoved()
    {
        _engine.Probe.Answers = false;
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Staging);
        while ((await _engine.LookAsync(s => s.LeaseOwner is null && s.WakeAt > _engine.Time.GetUtcNow())).State == ServerState.Staging)
            await _engine.PassTimeAsync();
        var error = await _engine.IsAsync(ServerState.Error);
        Assert.Contains("connection refused", error.Error);
        Assert.Single(_engine.Provider.Instances);

        await _engine.PassTimeAsync();
        await _engine.IsAsync(ServerState.Stopping);
        await _engine.PassTimeAsync();
        await _engine.IsAsync(ServerState.Stopped);

        Assert.Empty(_engine.Provider.Instances);
    }

    [Fact]
    public async Task Running_InstanceGone_IsStoppedAndReported()
    {
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);

        _engine.Provider.Lose();
        _engine.Probe.Answers = false;
        await _engine.PassTimeAsync();
        await _engine.PassTimeAsync();
        await _engine.IsAsync(ServerState.Stopping);
        await _engine.PassTimeAsync();
        var stopped = await _engine.IsAsync(ServerState.Stopped);

        Assert.Contains("gone", stopped.Error);
        Assert.Contains("InstanceLost", await _engine.ReasonsAsync());
    }

    [Fact]
    public async Task Running_SilentButThere_IsUnreachableAfterSoManyProbesInARow()
    {
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        _engine.Probe.Answers = false;
        for (var probes = 1; probes < _engine.Options.LivenessFailures; probes++)
            await _engine.PassTimeAsync();
        _engine.Probe.Answers = true;
        await _engine.PassTimeAsync();
        await _engine.LookAsync(s => s is { Probes: 0, LeaseOwner: null } && s.WakeAt > _engine.Time.GetUtcNow());

        _engine.Probe.Answers = false;
        for (var probes = 0; probes < _engine.Options.LivenessFailures; probes++)
            await _engine.PassTimeAsync();

        Assert.Contains("5 probes", (await _engine.IsAsync(ServerState.Error)).Error);
        Assert.Equal("Unreachable", (await _engine.ReasonsAsync())[^1]);
    }

    [Fact]
    public async Task Running_StepFailsThenAnswers_TheErrorIsTakenBack()
    {
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        _engine.Probe.Answers = false;
        _engine.Provider.BeforeFind = () => throw new HttpRequestException("reset");
        await _engine.PassTimeAsync();
        await _engine.PassTimeAsync();
        await _engine.IsAsync(s => s.Error.Length > 0);

        _engine.Probe.Answers = true;
        await _engine.PassTimeAsync();
        var well = await _engine.IsAsync(s => s.Error.Length == 0 && s.State == ServerState.Running);

        Assert.Equal(0, well.Attempts);
        Assert.Equal(["StepFailed", "Recovered"], (await _engine.ReasonsAsync()).TakeLast(2));
    }

    [Fact]
    public async Task Staging_AddressKnownLater_IsAChangeThatCallersSee()
    {
        _engine.Provider.FirstAddress = "";
        await _engine.ProvisionAsync();

        Assert.Equal("192.0.2.1", (await _engine.IsAsync(ServerState.Running)).Address);
        Assert.Equal(["Booting", "AddressAssigned", "Ready"], (await _engine.ReasonsAsync()).TakeLast(3));
    }

    [Fact]
    public async Task Pause_Pending_WaitsForResume()
    {
        await _engine.Store.SetPausedAsync(true, Timeout);
        await _engine.ProvisionAsync();
        await _engine.ProvisionAsync("two");
        await _engine.TerminateAsync("two");
        await _engine.IsAsync(ServerState.Stopped, "two");
        Assert.Equal(ServerState.Pending, (await _engine.LookAsync(_ => true)).State);

        await _engine.Store.SetPausedAsync(false, Timeout);

        await _engine.IsAsync(ServerState.Running);
    }

    [Fact]
    public async Task Stop_StepUnderWay_IsGivenBackAndTakenUpAgain()
    {
        _engine.Options.StopGrace = TimeSpan.Zero;
        _engine.Provider.AfterCreate = token => Task.Delay(System.Threading.Timeout.Infinite, token);
        await _engine.ProvisionAsync();
        await _engine.LookAsync(_ => _engine.Provider.Created == 1);

        await _engine.StopAsync();
        Assert.Null((await _engine.LookAsync(_ => true)).LeaseOwner);
        _engine.Provider.AfterCreate = _ => Task.CompletedTask;
        await _engine.RestartAsync();
        await _engine.IsAsync(ServerState.Running);

        Assert.Equal(1, _engine.Provider.Created);
    }

    [Fact]
    public async Task Many_AtOnce_EachOnce()
    {
        _engine.FleetOptions.MaxServers = 200;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _engine.ProvisionAsync($"s{i}")));
        for (var i = 0; i < 200; i++)
            await _engine.IsAsync(ServerState.Running, $"s{i}");

        Assert.Equal(200, _engine.Provider.Created);
    }

    [Fact]
    public async Task Resume_AfterALongPause_TheBudgetIsWhole()
    {
        await _engine.Store.SetPausedAsync(true, Timeout);
        await _engine.ProvisionAsync();
        _engine.Time.Advance(_engine.Options.CreateDeadline * 2);
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "429");
        await _engine.Store.SetPausedAsync(false, Timeout);

        var failed = await _engine.IsAsync(s => s.Error.Length > 0);

        Assert.Equal((ServerState.Creating, "429"), (failed.State, failed.Error));
    }

    [Fact]
    public async Task Resume_AfterALongPauseBetweenTries_TheNextTryIsMade()
    {
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.CapacityUnavailable, "out of stock");
        await _engine.ProvisionAsync();
        await _engine.LookAsync(s => s is { Attempts: 1, LeaseOwner: null });
        await _engine.Store.SetPausedAsync(true, Timeout);
        _engine.Time.Advance(_engine.Options.CreateDeadline * 2);
        _engine.Provider.BeforeCreate = _ => Task.CompletedTask;

        await _engine.Store.SetPausedAsync(false, Timeout);

        await _engine.IsAsync(ServerState.Running);
    }

    [Fact]
    public async Task Create_EarlierInstanceIsBeingRemoved_IsNotAdopted()
    {
        _engine.Provider.AfterCreate = _ => throw new HttpRequestException("connection reset");
        await _engine.ProvisionAsync();
        await _engine.IsAsync(s => s.Error.Length > 0);
        _engine.Provider.Change(instance => instance with { IsLeaving = true });
        _engine.Provider.AfterCreate = _ => Task.CompletedTask;

        await _engine.PassTimeAsync();
        await _engine.IsAsync(s => s.Error.Contains("still being removed", StringComparison.Ordinal));
        _engine.Provider.Lose();
        await _engine.PassTimeAsync();

        Assert.Equal("i-2", (await _engine.IsAsync(ServerState.Running)).InstanceId);
        Assert.DoesNotContain("InstanceAdopted", await _engine.ReasonsAsync());
    }

    [Fact]
    public async Task Pause_CreateWithUnknownOutcomeThatMadeNothing_WaitsForResume()
    {
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "429");
        await _engine.ProvisionAsync();
        await _engine.IsAsync(s => s.Error.Length > 0);
        await _engine.Store.SetPausedAsync(true, Timeout);
        _engine.Provider.BeforeCreate = _ => Task.CompletedTask;

        await _engine.PassTimeAsync();
        await _engine.LookAsync(s => s is { CreateIsOpen: false, LeaseOwner: null });

        Assert.Equal(0, _engine.Provider.Created);
        await _engine.Store.SetPausedAsync(false, Timeout);
        await _engine.IsAsync(ServerState.Running);
    }

    [Fact]
    public async Task Clock_SetBack_NothingWaitsForTheOldTime()
    {
        _engine.Probe.Answers = false;
        await _engine.ProvisionAsync();
        await _engine.LookAsync(s => s is { State: ServerState.Staging, LeaseOwner: null } && s.WakeAt > _engine.Time.GetUtcNow());

        _engine.Time.Advance(TimeSpan.FromHours(-1));
        _engine.Probe.Answers = true;
        await _engine.ProvisionAsync("two");

        await _engine.IsAsync(ServerState.Running);
        await _engine.IsAsync(ServerState.Running, "two");
    }

    [Fact]
    public async Task Clock_SetBackWhileStopped_NothingWaitsForTheOldTime()
    {
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
        await _engine.LookAsync(s => s.LeaseOwner is null);
        var probes = _engine.Probe.Probes;

        await _engine.StopAsync();
        _engine.Time.Advance(TimeSpan.FromHours(-1));
        await _engine.RestartAsync();

        await _engine.LookAsync(_ => _engine.Probe.Probes > probes);
    }

    [Fact]
    public async Task Stopping_NewServer_IsNotClaimedAnyMore()
    {
        await _engine.StopAsync();

        await _engine.ProvisionAsync();
        await _engine.RestartAsync();
        await _engine.IsAsync(ServerState.Running);

        Assert.Equal(1, _engine.Provider.Created);
    }

    [Fact]
    public async Task Stop_DatabaseInTrouble_EndsAllTheSame()
    {
        _engine.Options.StopGrace = TimeSpan.Zero;
        _engine.Provider.BeforeCreate = token => Task.Delay(System.Threading.Timeout.Infinite, token);
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Creating);

        _engine.Disk.Write = DiskTrouble.Broken;
        await _engine.StopAsync();
        _engine.Disk.End();
    }

    [Fact]
    public async Task Provider_NotEnabledAnyMore_ItsServersWaitWithoutCountingTries()
    {
        await _engine.Store.AddAsync(_engine.NewServer("one") with { Provider = "gone" }, new("A", "a", "t"), new(10), Timeout);
        for (var looks = 0; looks < _engine.Options.CreateAttempts + 2; looks++)
            await _engine.PassTimeAsync();

        var waiting = await _engine.LookAsync(s => s.LeaseOwner is null);

        Assert.Equal((ServerState.Pending, 0), (waiting.State, waiting.Attempts));
        Assert.Contains("\"gone\" is not enabled", waiting.Error);
        Assert.Equal(["A", "ProviderDisabled"], await _engine.ReasonsAsync());
    }

    [Fact]
    public async Task Step_DueAgainAtOnce_IsTakenUpThoughTheLastWorkHasJustEnded()
    {
        // Paused in mid-create, each of them is due at the very moment that it is given back.
        _engine.FleetOptions.MaxServers = 200;
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "429");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _engine.ProvisionAsync($"s{i}")));
        for (var i = 0; i < 50; i++)
            await _engine.IsAsync(s => s.Error.Length > 0, $"s{i}");
        _engine.Provider.BeforeCreate = _ => Task.CompletedTask;
        for (var round = 0; round < 5; round++)
        {
            var now = _engine.Time.GetUtcNow();
            for (var i = 0; i < 50; i++)
                await _engine.Store.ChangeAsync($"s{i}", server => new(server with { WakeAt = now, Scheduled = now }), Timeout);
            await _engine.Store.SetPausedAsync(round % 2 == 0, Timeout);
        }

        await _engine.Store.SetPausedAsync(false, Timeout);

        for (var i = 0; i < 50; i++)
            await _engine.IsAsync(ServerState.Running, $"s{i}");
    }
}
