using System.Diagnostics;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Local;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Tracing;
using ServersGrpc.Tests.Engine.Lifecycle;
using ServersGrpc.Tests.Engine.Storage;
using ServersGrpc.Tests.LiteDb;

namespace ServersGrpc.Tests.Engine.Tracing;

/// <summary>
/// No other class listens to the engine's source. Tests of one class run one after the other, so that here no one else listens.
/// </summary>
public sealed class EngineActivitiesTests : IAsyncLifetime
{
    private readonly EngineFixture _engine = new();

    public async Task InitializeAsync() => await _engine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Steps_OfAProvision_AreTracesOfTheirOwnThatLinkToTheRequest()
    {
        using var heard = new HeardActivities();
        var request = heard.Request();
        var server = await _engine.ProvisionAsync();
        request.Stop();
        await SettledAsync(heard, server);

        var steps = heard.StepsOf(server.Uid).ToArray();

        Assert.Equal(["step CreateStep", "step BootStep", "step ReadinessStep"], steps.Select(step => step.DisplayName).Distinct());
        Assert.All(steps, step =>
        {
            Assert.Equal(default, step.ParentSpanId);
            Assert.NotEqual(request.TraceId, step.TraceId);
            var cause = Assert.Single(step.Links).Context;
            Assert.Equal((request.TraceId, request.SpanId), (cause.TraceId, cause.SpanId));
            Assert.Equal(
                ("one", "scripted", "ok"),
                (step.GetTagItem("servers.server.name"), step.GetTagItem("servers.provider"), step.GetTagItem("servers.outcome")));
        });
        Assert.Contains(heard.ChildrenOf(request), child => child.DisplayName == "store commit");
        Assert.All(steps, step => Assert.Contains(heard.ChildrenOf(step), child => child.DisplayName == "store commit"));
    }

    [Fact]
    public async Task Steps_AfterARestart_LinkToTheRequestOfBefore()
    {
        using var heard = new HeardActivities();
        await _engine.Store.SetPausedAsync(true, EngineFixture.Timeout);
        var request = heard.Request();
        var server = await _engine.ProvisionAsync();
        request.Stop();

        await _engine.RestartAsync();
        await _engine.Store.SetPausedAsync(false, EngineFixture.Timeout);
        await _engine.IsAsync(ServerState.Running);

        Assert.All(heard.StepsOf(server.Uid), step => Assert.Equal(request.SpanId, Assert.Single(step.Links).Context.SpanId));
        Assert.NotEmpty(heard.StepsOf(server.Uid));
    }

    [Fact]
    public async Task Steps_OfATermination_LinkToItsRequest()
    {
        using var heard = new HeardActivities();
        var server = await _engine.ProvisionAsync();
        await SettledAsync(heard, server);
        var request = heard.Request();
        await _engine.TerminateAsync();
        request.Stop();
        await _engine.PassTimeUntilAsync(s => s.State == ServerState.Stopped);
        await EngineFixture.UntilAsync(() => LinkedTo(request).Any(step => step.DisplayName == "step DestroyStep"));

        Assert.All(
            heard.StepsOf(server.Uid).Where(step => step.DisplayName is "step DrainStep" or "step DestroyStep"),
            step => Assert.Contains(step, LinkedTo(request)));
        Assert.Equal("", (await _engine.LookAsync(_ => true)).Cause);

        IEnumerable<Activity> LinkedTo(Activity cause) =>
            heard.StepsOf(server.Uid).Where(step => step.Links.Any(link => link.Context.SpanId == cause.SpanId));
    }

    [Fact]
    public async Task Steps_OfARotation_LinkToItsRequest()
    {
        using var heard = new HeardActivities();
        var server = await _engine.ProvisionAsync();
        await SettledAsync(heard, server);
        var request = heard.Request();
        await _engine.RotateAsync();
        request.Stop();
        await EngineFixture.UntilAsync(() => Rotations().Any());

        Assert.All(Rotations(), step => Assert.Equal(request.SpanId, Assert.Single(step.Links).Context.SpanId));

        IEnumerable<Activity> Rotations() => heard.StepsOf(server.Uid).Where(step => step.DisplayName == "step RotationStep");
    }

    [Fact]
    public async Task Step_ThatNoRequestAskedFor_HasNoLink()
    {
        using var heard = new HeardActivities();
        var request = heard.Request();
        var server = await _engine.ProvisionAsync();
        request.Stop();
        await SettledAsync(heard, server);

        await _engine.ProbeAsync(["one"]);
        await EngineFixture.UntilAsync(() => Probes().Any());

        Assert.All(Probes(), step => Assert.Empty(step.Links));

        IEnumerable<Activity> Probes() => heard.StepsOf(server.Uid).Where(step => step.DisplayName == "step LivenessStep");
    }

    [Fact]
    public async Task Step_ProviderRejects_EndsAsAnErrorWithoutItsWords()
    {
        using var heard = new HeardActivities();
        _engine.Provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Rejected, "words of the provider");
        var server = await _engine.ProvisionAsync();
        await EngineFixture.UntilAsync(() => heard.StepsOf(server.Uid).Any());

        var step = heard.StepsOf(server.Uid).First();

        Assert.Equal((ActivityStatusCode.Error, "rejected"), (step.Status, step.GetTagItem("servers.outcome")));
        Assert.Null(step.StatusDescription);
        Assert.DoesNotContain(step.TagObjects, tag => (tag.Value as string)?.Contains("words", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData(null, "ok", ActivityStatusCode.Unset)]
    [InlineData(ProviderFault.CapacityUnavailable, "capacity_unavailable", ActivityStatusCode.Error)]
    public async Task ProviderCall_OfAStep_IsAPartOfItAndTellsItsOutcome(ProviderFault? fault, string outcome, ActivityStatusCode status)
    {
        using var heard = new HeardActivities();
        using var meters = new TestMeters();
        var provider = new ScriptedProvider
        {
            BeforeCreate = _ => fault is { } one ? throw new ProviderException(one, "x") : Task.CompletedTask,
        };
        var gate = new CallGate(1, 1, _engine.Time);
        var throttled = new ThrottledProvider(provider, gate, new LocalProviderOptions(), _engine.Time, new(meters));
        var request = heard.Request();

        _ = await Record.ExceptionAsync(() => throttled.CreateAsync(InstanceSpec.For(_engine.NewServer("one")), EngineFixture.Timeout));
        request.Stop();

        var call = Assert.Single(heard.ChildrenOf(request));
        Assert.Equal(("provider create", ActivityKind.Client, status), (call.DisplayName, call.Kind, call.Status));
        Assert.Equal(
            ("scripted", "create", outcome),
            (call.GetTagItem("servers.provider"), call.GetTagItem("servers.call"), call.GetTagItem("servers.outcome")));
    }

    [Fact]
    public async Task Commit_OfWritesOfTwoRequests_LinksToBoth()
    {
        using var heard = new HeardActivities();
        using var store = new StoreFixture();
        await store.AddAsync("held");
        using var isHeld = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        // While one write holds the writer, the next two come to wait, and share a transaction.
        var holds = store.Store.ChangeAsync("held", _ =>
        {
            isHeld.Set();
            mayGoOn.Wait(StoreFixture.Timeout);
            return null;
        }, StoreFixture.Timeout);
        isHeld.Wait(StoreFixture.Timeout);
        var (first, second) = (Write("first"), Write("second"));
        mayGoOn.Set();
        await Task.WhenAll(holds, first.Done, second.Done);

        var commit = Assert.Single(heard.Ended, activity => activity.Links.Any(link => link.Context.SpanId == first.Request.SpanId));
        Assert.Equal(default, commit.ParentSpanId);
        Assert.Equal([first.Request.SpanId, second.Request.SpanId], commit.Links.Select(link => link.Context.SpanId));
        Assert.Equal(2, commit.GetTagItem("servers.writes"));

        (Activity Request, Task Done) Write(string name)
        {
            var request = heard.Request();
            var done = store.AddAsync(name);
            request.Stop();
            return (request, done);
        }
    }

    [Fact]
    public async Task Commit_Fails_EndsAsAnError()
    {
        using var heard = new HeardActivities();
        using var store = new StoreFixture();
        var request = heard.Request();
        store.Disk.Write = DiskTrouble.Broken;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.AddAsync("during"));
        store.Disk.End();
        request.Stop();

        var commit = Assert.Single(heard.ChildrenOf(request));
        Assert.Equal(
            ("store commit", ActivityStatusCode.Error, "failed"),
            (commit.DisplayName, commit.Status, commit.GetTagItem("servers.outcome")));
    }

    [Fact]
    public async Task Provision_NoOneListens_KeepsAndMakesNothing()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ServersGrpc.Tests.Other",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("ServersGrpc.Tests.Other");
        using var request = source.StartActivity("request");
        Assert.True(request is { Recorded: true });
        Assert.False(EngineActivities.Source.HasListeners());

        var server = await _engine.ProvisionAsync();

        Assert.Equal("", server.Cause);
        Assert.Equal(default, CommitActivity.Writer);
    }

    /// <summary>Waits until the server runs, and the step that found it is over and heard of.</summary>
    private async Task SettledAsync(HeardActivities heard, ServerRecord server)
    {
        await _engine.IsAsync(ServerState.Running);
        await _engine.SettleAsync(["one"]);
        await EngineFixture.UntilAsync(() => heard.StepsOf(server.Uid).Any(step => step.DisplayName == "step ReadinessStep"));
    }
}
