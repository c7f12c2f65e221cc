using System.Diagnostics;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>A client that behaves, on connections of its own: old ones, and a new one for each round. Every call must succeed.</summary>
internal sealed class Bystander
{
    public const string ServerName = "bystander";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ServiceProcess _service;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private TimeSpan _slowest;
    private int _calls;

    private Bystander(ServiceProcess service)
    {
        _service = service;
        _running = RunAsync();
    }

    public static Bystander Start(ServiceProcess service) => new(service);

    /// <summary>How many calls it made, and how long the slowest took. Fails if one failed.</summary>
    public async Task<(int Calls, TimeSpan Slowest)> StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
        return (_calls, _slowest);
    }

    private async Task RunAsync()
    {
        using var grpc = new TypedClient(_service);
        do
        {
            await MeasureAsync(async () => Assert.Equal(ServerName, (await _service.GetAsync(ServerName)).Name));
            await MeasureAsync(async () => Assert.Equal(
                ServerName, (await grpc.Servers.GetServerAsync(new() { Name = ServerName }, grpc.Call())).Name));
            await MeasureAsync(async () =>
            {
                using var newcomer = new HttpClient { Timeout = Eventually.Patience };
                Assert.Equal("OK", await newcomer.GetStringAsync($"{_service.Address}/healthz"));
            });
            await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!_stopping.IsCancellationRequested);
    }

    private async Task MeasureAsync(Func<Task> call)
    {
        var start = Stopwatch.GetTimestamp();
        await call();
        var took = Stopwatch.GetElapsedTime(start);
        if (took > _slowest) _slowest = took;
        _calls++;
    }
}
