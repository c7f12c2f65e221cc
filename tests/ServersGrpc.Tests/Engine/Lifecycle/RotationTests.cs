using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.Telemetry;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>Credentials are never lost: killed at any instant, a server ends with credentials that its machine answers to and the API shows.</summary>
public sealed class RotationTests : IAsyncLifetime
{
    private readonly EngineFixture _engine = new();

    private static CancellationToken Timeout => EngineFixture.Timeout;

    public async Task InitializeAsync()
    {
        _engine.Options.StopGrace = TimeSpan.Zero;
        await _engine.StartAsync();
        await _engine.ProvisionAsync();
        await _engine.IsAsync(ServerState.Running);
    }

    public Task DisposeAsync() => _engine.DisposeAsync().AsTask();

    [Fact]
    public async Task Rotate_Running_AnswersWithNewCredentialsThatTheMachineHas()
    {
        var before = await _engine.LookAsync(_ => true);

        var after = await _engine.RotateAsync();

        Assert.NotEqual(before.Secret, after.Secret);
        Assert.Matches("^[A-Za-z0-9]{32}$", after.Secret);
        Assert.False(after.Credentials.CaKey.Span.SequenceEqual(before.Credentials.CaKey.Span));
        Assert.False(after.Credentials.TlsKey.Span.SequenceEqual(before.Credentials.TlsKey.Span));
        Assert.True(_engine.Provider.Admits(after));
        Assert.False(_engine.Provider.Admits(before));
        Assert.Null(after.Next);
        Assert.Equal(1, _engine.Provider.Delivered);
        Assert.Equal(["CredentialsRotationRequested", "CredentialsRotated"], (await _engine.ReasonsAsync()).TakeLast(2));
        await StaysWellAsync();
    }

    [Fact]
    public async Task Rotate_Twice_ReplacesThemTwice()
    {
        var first = await _engine.RotateAsync();

        var second = await _engine.RotateAsync();

        Assert.NotEqual(first.Secret, second.Secret);
        Assert.True(_engine.Provider.Admits(second));
    }

    [Fact]
    public async Task Rotate_WhileOneIsPending_JoinsIt()
    {
        var held = new TaskCompletionSource();
        _engine.Provider.BeforeDeliver = _ => held.Task;
        var first = _engine.RotateAsync();
        await _engine.IsAsync(s => s.Next is not null);

        var second = _engine.RotateAsync();
        held.SetResult();

        Assert.Equal((await first).Secret, (await second).Secret);
        Assert.Equal(1, _engine.Provider.Delivered);
        Assert.Single(await _engine.ReasonsAsync(), "CredentialsRotationRequested");
    }

    [Fact]
    public async Task Rotate_CallerGoesAway_LosesNothing()
    {
        var held = new TaskCompletionSource();
        _engine.Provider.BeforeDeliver = _ => held.Task;
        var asked = await _engine.WishForRotationAsync();

        held.SetResult();

        await HasRotatedAsync(asked);
    }

    [Fact]
    public async Task Rotate_TakesLongerThanACallWaits_SaysSoAndGoesOn()
    {
        var held = new TaskCompletionSource();
        _engine.Provider.BeforeDeliver = _ => held.Task;
        var call = _engine.RotateAsync();
        var asked = await _engine.IsAsync(s => s.Next is not null);

        await EngineFixture.UntilAsync(() =>
        {
            _engine.Time.Advance(TimeSpan.FromSeconds(10));
            return call.IsCompleted;
        });

        await Assert.ThrowsAsync<RotationPendingException>(() => call);
        held.SetResult();
        await HasRotatedAsync(asked);
    }

    [Fact]
    public async Task Rotate_NoSuchServer_IsNotFound() =>
        await Assert.ThrowsAsync<ServerNotFoundException>(() => _engine.RotateAsync("no such server, and no name that a certificate could have"));

    [Fact]
    public async Task Rotate_NoName_IsRefused() => await Assert.ThrowsAsync<InvalidRequestException>(() => _engine.RotateAsync(""));

    [Fact]
    public async Task Rotate_AnotherEtag_IsRefused() =>
        await Assert.ThrowsAsync<EtagMismatchException>(() => _engine.RotateAsync(etag: "0"));

    [Fact]
    public async Task Rotate_NotRunning_NamesTheState()
    {
        _engine.Probe.Silent.Add("two");
        await _engine.ProvisionAsync("two");
        await _engine.IsAsync(ServerState.Staging, "two");

        var refused = await Assert.ThrowsAsync<ServerNotRunningException>(() => _engine.RotateAsync("two"));

        Assert.Equal(ServerState.Staging, refused.State);
        Assert.Contains("staging", refused.Message);
    }

    [Fact]
    public async Task Rotate_ProviderCannot_IsRefusedAndChangesNothing()
    {
        _engine.Provider.CanDeliverCredentials = false;
        var before = await _engine.LookAsync(_ => true);

        await Assert.ThrowsAsync<RotationNotSupportedException>(() => _engine.RotateAsync());

        var after = await _engine.LookAsync(_ => true);
        Assert.Equal((before.Secret, before.Etag), (after.Secret, after.Etag));
    }

    [Fact]
    public async Task Rotate_MachineRefuses_KeepsWhatItHas()
    {
        _engine.Provider.BeforeDeliver = _ => throw new ProviderException(ProviderFault.Rejected, "too old");
        var before = await _engine.LookAsync(_ => true);

        await Assert.ThrowsAsync<RotationRefusedException>(() => _engine.RotateAsync());

        var after = await _engine.LookAsync(s => s.LeaseOwner is null);
        Assert.Equal((before.Secret, ServerState.Running, ""), (after.Secret, after.State, after.Error));
        Assert.Null(after.Next);
        Assert.Equal("CredentialsRefused", (await _engine.ReasonsAsync()).Last());
        await StaysWellAsync();
    }

    [Fact]
    public async Task Rotate_DeliveryFails_IsTriedAgainAndToldOnce()
    {
        _engine.Provider.BeforeDeliver = _ => throw new ProviderException(ProviderFault.Transient, "busy");
        var asked = await _engine.WishForRotationAsync();
        await _engine.IsAsync(s => s.Error == "busy");
        for (var tries = 0; tries < 3; tries++)
            await _engine.PassTimeAsync();
        await _engine.LookAsync(s => s is { LeaseOwner: null, Attempts: > 3, Probes: 0 });
        _engine.Provider.BeforeDeliver = _ => Task.CompletedTask;

        await _engine.PassTimeAsync();

        Assert.Equal("", (await HasRotatedAsync(asked)).Error);
        Assert.Single(await _engine.ReasonsAsync(), "CredentialsNotDelivered");
    }

    [Fact]
    public async Task Rotate_MachineThatDoesNotTakeThem_GoesOnWithWhatItHasAndIsAskedAgain()
    {
        _engine.Provider.TakesCredentials = false;
        var asked = await _engine.WishForRotationAsync();
        var waiting = await _engine.IsAsync(s => s.Error.Length > 0);
        Assert.Equal((ServerState.Running, asked.Secret), (waiting.State, waiting.Secret));
        _engine.Provider.TakesCredentials = true;

        await _engine.PassTimeAsync();

        await HasRotatedAsync(asked);
    }

    [Fact]
    public async Task Rotate_MachineStartsAnew_IsWaitedForAndGivenThemOnce()
    {
        _engine.Provider.AfterDeliver = _ =>
        {
            _engine.Probe.Silent.Add("one");
            return Task.CompletedTask;
        };
        var asked = await _engine.WishForRotationAsync();
        // Longer than a running server may be silent.
        for (var looks = 0; looks < 2 * _engine.Options.LivenessFailures; looks++)
            await _engine.PassTimeAsync();
        Assert.Equal(ServerState.Running, (await _engine.LookAsync(s => s.LeaseOwner is null)).State);
        _engine.Probe.Silent.Clear();

        await _engine.PassTimeAsync();

        await HasRotatedAsync(asked);
        Assert.Equal(1, _engine.Provider.Delivered);
    }

    [Fact]
    public async Task Rotate_MachineNeverComesBack_IsGivenUpInTime()
    {
        _engine.Provider.AfterDeliver = _ =>
        {
            _engine.Probe.Silent.Add("one");
            return Task.CompletedTask;
        };
        var call = _engine.RotateAsync();
        await _engine.LookAsync(s => s is { Deadline: not null, LeaseOwner: null });

        while ((await _engine.LookAsync(s => s.LeaseOwner is null)).State == ServerState.Running)
            await _engine.PassTimeAsync();

        Assert.Contains("Unreachable", await _engine.ReasonsAsync());
        await Assert.ThrowsAnyAsync<ServerException>(() => call);
    }

    [Fact]
    public async Task Rotate_MachineThatIsGone_IsLost()
    {
        _engine.Provider.BeforeDeliver = _ =>
        {
            _engine.Provider.Lose();
            _engine.Probe.Silent.Add("one");
            return Task.CompletedTask;
        };
        var call = _engine.RotateAsync();
        await _engine.LookAsync(s => s is { Probes: 1, LeaseOwner: null });

        await _engine.PassTimeAsync();

        await Assert.ThrowsAsync<ServerNotRunningException>(() => call);
        Assert.Contains("InstanceLost", await _engine.ReasonsAsync());
    }

    [Fact]
    public async Task Rotate_MachineHasAnotherAddressAfterIt_IsFoundThere()
    {
        _engine.Provider.AfterDeliver = _ =>
        {
            _engine.Probe.Silent.Add("one");
            _engine.Provider.Move("192.0.2.99");
            return Task.CompletedTask;
        };
        var asked = await _engine.WishForRotationAsync();
        await _engine.IsAsync(s => s.Address == "192.0.2.99");
        _engine.Probe.Silent.Clear();

        await _engine.PassTimeAsync();

        await HasRotatedAsync(asked);
    }

    [Fact]
    public async Task Terminate_WhileDelivering_IsNeitherLostNorHeldUp()
    {
        var held = new TaskCompletionSource();
        _engine.Provider.AfterDeliver = _ => held.Task;
        var call = _engine.RotateAsync();
        await EngineFixture.UntilAsync(() => _engine.Provider.Delivered == 1);

        await _engine.TerminateAsync();
        await Assert.ThrowsAsync<ServerNotRunningException>(() => call);
        held.SetResult();
        await _engine.PassTimeAsync();

        await _engine.IsAsync(ServerState.Stopped);
        Assert.Empty(_engine.Provider.Instances);
    }

    [Fact]
    public async Task Terminate_WhileDelivering_WhatDrainsIsShownWithWhatItHas()
    {
        _engine.Provider.DrainTimeout = TimeSpan.FromHours(1);
        var held = new TaskCompletionSource();
        _engine.Provider.AfterDeliver = _ => held.Task;
        var asked = await _engine.WishForRotationAsync();
        await EngineFixture.UntilAsync(() => _engine.Provider.Delivered == 1);
        await _engine.TerminateAsync();

        held.SetResult();

        var draining = await HasRotatedAsync(asked);
        Assert.Equal(ServerState.Shutdown, draining.State);
        await _engine.PassTimeAsync();
        await _engine.PassTimeAsync();
        await _engine.IsAsync(ServerState.Stopped);
    }

    public static TheoryData<string> Kills => ["before delivery", "after delivery", "after it is known", "before it is told"];

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task Kill_BetweenAnyTwoSteps_EndsWithCredentialsThatWork(string kill)
    {
        var (reached, never) = (new TaskCompletionSource(), new Func<CancellationToken, Task>(token => Task.Delay(System.Threading.Timeout.Infinite, token)));
        Func<CancellationToken, Task> strike = token =>
        {
            reached.TrySetResult();
            return never(token);
        };
        switch (kill)
        {
            case "before delivery":
                _engine.Provider.BeforeDeliver = strike;
                break;
            case "after delivery":
                _engine.Provider.AfterDeliver = strike;
                break;
            case "after it is known":
                // The probe that would tell is held.
                _engine.Provider.AfterDeliver = _ =>
                {
                    _engine.Probe.Hold();
                    return Task.CompletedTask;
                };
                break;
            default:
                // It starts anew, and answers just when the service is killed.
                _engine.Provider.AfterDeliver = _ =>
                {
                    _engine.Probe.Silent.Add("one");
                    return Task.CompletedTask;
                };
                break;
        }
        var asked = await _engine.WishForRotationAsync();
        if (kill is "before delivery" or "after delivery")
            await reached.Task.WaitAsync(Timeout);
        else
            await _engine.LookAsync(s => s.Deadline is not null);

        (_engine.Provider.BeforeDeliver, _engine.Provider.AfterDeliver) = (_ => Task.CompletedTask, _ => Task.CompletedTask);
        await KillAsync();
        _engine.Time.Advance(TimeSpan.FromMinutes(1));

        var rotated = await HasRotatedAsync(asked);
        Assert.True(_engine.Provider.Admits(rotated));
        // What the machine was known to have, or could be asked for, is not delivered twice.
        Assert.Equal(1, _engine.Provider.Delivered);
        await StaysWellAsync();

        async Task KillAsync()
        {
            var restarted = _engine.RestartAsync();
            _engine.Probe.Silent.Clear();
            await restarted;
            _engine.Probe.LetGo();
        }
    }

    [Fact]
    public async Task Kill_AgainAndAgain_EndsWithCredentialsThatWork()
    {
        _engine.Provider.AfterDeliver = token => Task.Delay(System.Threading.Timeout.Infinite, token);
        var asked = await _engine.WishForRotationAsync();
        for (var kills = 0; kills < 5; kills++)
            await _engine.RestartAsync();
        _engine.Provider.AfterDeliver = _ => Task.CompletedTask;
        await _engine.RestartAsync();

        Assert.True(_engine.Provider.Admits(await HasRotatedAsync(asked)));
    }

    [Fact]
    public async Task Expiry_Near_IsToldOnceAndAgainAfterARotationOnly()
    {
        var ends = (await _engine.LookAsync(_ => true)).Credentials.Expires!.Value;
        await ToAsync(ends - _engine.Options.CertificateWarning - TimeSpan.FromHours(1));
        Assert.DoesNotContain("CertificateExpiring", await _engine.ReasonsAsync());

        await ToAsync(ends - _engine.Options.CertificateWarning + TimeSpan.FromHours(1));
        await _engine.IsAsync(s => s.ExpiryTold);
        await StaysWellAsync();
        Assert.Single(await _engine.ReasonsAsync(), "CertificateExpiring");
        Assert.Equal(1, (await _engine.Ends.CountAsync(Timeout)).Expiring);

        var rotated = await _engine.RotateAsync();
        Assert.False(rotated.ExpiryTold);
        Assert.Equal(0, (await _engine.Ends.CountAsync(Timeout)).Expiring);
        await ToAsync(rotated.Credentials.Expires!.Value - TimeSpan.FromDays(1));
        await _engine.IsAsync(s => s.ExpiryTold);
        Assert.Equal(2, (await _engine.ReasonsAsync()).Count(reason => reason == "CertificateExpiring"));
    }

    [Fact]
    public async Task Expiry_OfRunningServers_IsMeasuredByProvider()
    {
        using var scrapes = new Scrapes(_engine.Meters);
        await _engine.Fleet.ProvisionAsync(new() { Name = "two", Provider = "other" }, EngineFixture.Tester, Timeout);
        await _engine.IsAsync(ServerState.Running, "two");
        var ends = (await _engine.LookAsync(_ => true)).Credentials.Expires!.Value;
        Assert.Equal("0", scrapes["""servers_certificates_expiring{provider="scripted"}"""]);

        await _engine.SettleAsync(["one", "two"]);
        _engine.Time.Advance(ends - _engine.Time.GetUtcNow() - TimeSpan.FromHours(1));

        Assert.Equal("1", scrapes["""servers_certificates_expiring{provider="scripted"}"""]);
        Assert.Equal("1", scrapes["""servers_certificates_expiring{provider="other"}"""]);
        Assert.Equal("3600", scrapes["""servers_certificates_soonest_end_seconds{provider="scripted"}"""]);
    }

    private async Task ToAsync(DateTimeOffset time)
    {
        await _engine.SettleAsync(["one"]);
        _engine.Time.Advance(time - _engine.Time.GetUtcNow());
        await _engine.SettleAsync(["one"]);
    }

    private async Task<ServerRecord> HasRotatedAsync(ServerRecord asked)
    {
        var rotated = await _engine.IsAsync(s => s.Next is null && s.Secret == asked.Next!.Secret);
        Assert.True(rotated.Credentials.TlsKey.Span.SequenceEqual(asked.Next!.Keys.TlsKey.Span));
        Assert.True(_engine.Provider.Admits(rotated) || rotated.Stopped is not null);
        return rotated;
    }

    private async Task StaysWellAsync()
    {
        for (var probes = 0; probes < 3; probes++)
            await _engine.ProbeAsync(["one"]);
        await _engine.SettleAsync(["one"]);
        var server = await _engine.LookAsync(_ => true);
        Assert.Equal((ServerState.Running, 0, ""), (server.State, server.Probes, server.Error));
    }
}
