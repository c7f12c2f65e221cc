using Microsoft.Extensions.Hosting;
using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Sweeps each provider now and then. One that is slow holds up no other.</summary>
internal sealed class SweepLoop(OrphanSweep sweep, ProviderCatalog providers, LifecycleOptions options, TimeProvider time) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(providers.Names.Select(name => SweepAsync(name, stoppingToken)));

    private async Task SweepAsync(string provider, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.SweepInterval, time);
        try
        {
            do
                await sweep.RunAsync(provider, cancellationToken);
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of this work, and no fault, as which a host that fails to start would report it.
        }
    }
}
