using System.Net;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Local;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.Engine.Lifecycle;

namespace ServersGrpc.Tests.Engine.Providers;

public sealed class ThrottledProviderTests : IDisposable
{
    private readonly ScriptedProvider _provider = new();
    private readonly ManualTime _time = new();
    private readonly TestMeters _meters = new();

    [Fact]
    public async Task Create_ManyAtOnce_SoManyRunAndTheOthersFollow()
    {
        var (running, most) = (0, 0);
        var full = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        _provider.BeforeCreate = async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            if (running == 2)
                full.TrySetResult();
            await go.Task;
            Interlocked.Decrement(ref running);
        };
        var throttled = Throttled(new() { MaxConcurrentCalls = 2 });

        var calls = Enumerable.Range(0, 6).Select(i => throttled.CreateAsync(Spec($"{i}"), CancellationToken.None)).ToArray();
        await full.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(2, running);
        go.SetResult();
        await Task.WhenAll(calls);

        Assert.Equal((2, 6), (most, _provider.Created));
    }

    [Fact]
    public void PlanAddress_OfTheProvider_IsItsOwn()
    {
        var planned = new PlannedAddress(IPAddress.Parse("127.1.2.3"), IsShared: false);
        _provider.Plan = uid => uid == "a" ? planned : null;

        Assert.Equal((planned, null), (Throttled(new()).PlanAddress("a"), Throttled(new()).PlanAddress("b")));
    }

    [Fact]
    public async Task Create_Fails_TheTurnIsGivenBack()
    {
        _provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "busy");
        var throttled = Throttled(new() { MaxConcurrentCalls = 1 });
        await Assert.ThrowsAsync<ProviderException>(() => throttled.CreateAsync(Spec("a"), CancellationToken.None));

        Assert.Null(await throttled.FindAsync("a", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Find_ManyCallsAtOnce_KeepToTheRateInTheLongRun()
    {
        var throttled = Throttled(new() { MaxConcurrentCalls = 100, MaxCallsPerSecond = 4 });

        var calls = Enumerable.Range(0, 12).Select(i => throttled.FindAsync($"{i}", CancellationToken.None)).ToArray();
        var done = new List<int>();
        for (var second = 0; second < 3; second++)
        {
            // A second's worth at once, then as many a second.
            await Task.WhenAll(calls[..(4 * (second + 1))]).WaitAsync(TimeSpan.FromSeconds(10));
            done.Add(calls.Count(call => call.IsCompleted));
            _time.Advance(TimeSpan.FromSeconds(1.1));
        }

        Assert.Equal([4, 8, 12], done);
    }

    [Fact]
    public async Task Find_CanceledWhileItWaits_LeavesTheQueue()
    {
        var throttled = Throttled(new() { MaxCallsPerSecond = 1 });
        await throttled.FindAsync("first", CancellationToken.None);
        using var cancel = new CancellationTokenSource();

        var canceled = throttled.FindAsync("second", cancel.Token);
        var third = throttled.FindAsync("third", CancellationToken.None);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Null(await third.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    public void Dispose() => _meters.Dispose();

    private ThrottledProvider Throttled(LocalProviderOptions options) =>
        new(_provider, new(options.MaxConcurrentCalls, options.MaxCallsPerSecond, _time), options, _time, new(_meters));

    private static InstanceSpec Spec(string uid) => new(uid, uid, "", "", "", "", new Dictionary<string, string>(), ServerCredentials.None);
}
