using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ServersGrpc.Telemetry;

/// <summary>
/// Sends what was not sent yet once everything else has stopped. A collector that is away or hangs is waited for briefly: left to
/// themselves, the providers would wait for five seconds each, and a supervisor kills after ten.
/// </summary>
internal sealed class TelemetryFlush(MeterProvider metrics, IServiceProvider services) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Not cut off by the token: the last steps, which took all of the time to stop, are what is worth sending.
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        var patience = (int)Patience.TotalMilliseconds;
        var traces = services.GetService<TracerProvider>();
        return Task.WhenAll(
            Task.Run(() => metrics.Shutdown(patience), CancellationToken.None),
            Task.Run(() => traces?.Shutdown(patience), CancellationToken.None));
    }
}
