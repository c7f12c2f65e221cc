using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Local;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.Engine.Lifecycle;
using ServersGrpc.Tests.Telemetry;

namespace ServersGrpc.Tests.Engine.Providers;

public sealed class ProviderMetricsTests : IDisposable
{
    private readonly ScriptedProvider _provider = new();
    private readonly ManualTime _time = new();
    private readonly TestMeters _meters = new();
    private readonly Scrapes _scrapes;

    public ProviderMetricsTests() => _scrapes = new(_meters);

    public static TheoryData<Exception, string> Failures => new()
    {
        { new ProviderException(ProviderFault.NotFound, "x"), "not_found" },
        { new ProviderException(ProviderFault.CapacityUnavailable, "x"), "capacity_unavailable" },
        { new ProviderException(ProviderFault.Transient, "x"), "transient" },
        { new ProviderException(ProviderFault.Rejected, "x"), "rejected" },
        { new IOException("x"), "unknown" },
        // Nobody gave the call up: it is the provider's own.
        { new OperationCanceledException(), "unknown" },
    };

    public void Dispose()
    {
        _scrapes.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Calls_Succeed_AreCountedByKindWithTheirTime()
    {
        _provider.BeforeCreate = _ =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return Task.CompletedTask;
        };
        var throttled = Throttled(new());

        var made = await throttled.CreateAsync(Spec("a"), CancellationToken.None);
        await throttled.FindAsync("nobody", CancellationToken.None);
        await throttled.ListAsync(CancellationToken.None);
        await throttled.DestroyAsync(made, CancellationToken.None);

        Assert.Equal(("1", "1", "1", "1"), (Count("create", "ok"), Count("find", "not_found"), Count("list", "ok"), Count("destroy", "ok")));
        Assert.Equal("3", _scrapes["""servers_provider_call_duration_seconds_sum{call="create",outcome="ok",provider="scripted"}"""]);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Call_Fails_IsCountedByItsFault(Exception failure, string outcome)
    {
        _provider.BeforeCreate = _ => throw failure;

        await Assert.ThrowsAsync(failure.GetType(), () => Throttled(new()).CreateAsync(Spec("a"), CancellationToken.None));

        Assert.Equal("1", Count("create", outcome));
    }

    [Fact]
    public async Task Call_IsGivenUp_IsCountedAsCanceled()
    {
        using var cancel = new CancellationTokenSource();
        _provider.BeforeCreate = async _ =>
        {
            await cancel.CancelAsync();
            cancel.Token.ThrowIfCancellationRequested();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Throttled(new()).CreateAsync(Spec("a"), cancel.Token));

        Assert.Equal("1", Count("create", "canceled"));
    }

    [Fact]
    public async Task Calls_BeyondTheBound_AreShownAsWaiting()
    {
        var go = new TaskCompletionSource();
        _provider.BeforeCreate = _ => go.Task;
        var throttled = Throttled(new() { MaxConcurrentCalls = 2 });
        var calls = Enumerable.Range(0, 5).Select(i => throttled.CreateAsync(Spec($"{i}"), CancellationToken.None)).ToArray();

        Assert.Equal(("2", "3"), (Running(), Waiting()));
        go.SetResult();
        await Task.WhenAll(calls);

        Assert.Equal(("0", "0", "5"), (Running(), Waiting(), Count("create", "ok")));
    }

    private string? Count(string call, string outcome) =>
        _scrapes[$$"""servers_provider_call_duration_seconds_count{call="{{call}}",outcome="{{outcome}}",provider="scripted"}"""];

    private string? Running() => _scrapes["""servers_provider_calls_running{provider="scripted"}"""];

    private string? Waiting() => _scrapes["""servers_provider_calls_waiting{provider="scripted"}"""];

    private ThrottledProvider Throttled(LocalProviderOptions options) =>
        new(_provider, new(options.MaxConcurrentCalls, options.MaxCallsPerSecond, _time), options, _time, new(_meters));

    private static InstanceSpec Spec(string uid) => new(uid, uid, "", "", "", "", new Dictionary<string, string>(), ServerCredentials.None);
}
