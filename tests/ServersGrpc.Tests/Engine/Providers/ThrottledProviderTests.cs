using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.Engine.Lifecycle;

namespace ServersGrpc.Tests.Engine.Providers;

public sealed class ThrottledProviderTests
{
    private readonly ScriptedProvider _provider = new();

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
        var throttled = new ThrottledProvider(_provider, maxConcurrentCalls: 2);

        var calls = Enumerable.Range(0, 6).Select(i => throttled.CreateAsync(Spec($"{i}"), CancellationToken.None)).ToArray();
        await full.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(2, running);
        go.SetResult();
        await Task.WhenAll(calls);

        Assert.Equal((2, 6), (most, _provider.Created));
    }

    [Fact]
    public async Task Create_Fails_TheTurnIsGivenBack()
    {
        _provider.BeforeCreate = _ => throw new ProviderException(ProviderFault.Transient, "busy");
        var throttled = new ThrottledProvider(_provider, maxConcurrentCalls: 1);
        await Assert.ThrowsAsync<ProviderException>(() => throttled.CreateAsync(Spec("a"), CancellationToken.None));

        Assert.Null(await throttled.FindAsync("a", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    private static InstanceSpec Spec(string uid) => new(uid, uid, "", "", "", "", new Dictionary<string, string>(), ServerCredentials.None);
}
