using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ServersGrpc.Engine.Lifecycle;

public static class LifecycleServices
{
    /// <summary>Adds what looks after servers. Expects a store and providers.</summary>
    public static IServiceCollection AddLifecycle(this IServiceCollection services, LifecycleOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton<IServerProbe>(root => new HttpsProbe(options.ProbeTimeout, root.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(TaskScheduler.Default);
        services.TryAddSingleton(Random.Shared);
        return services
            .AddSingleton<LivenessBreaker>()
            .AddSingleton<CertificateEnds>()
            .AddSingleton<LifecycleMetrics>()
            .AddSingleton<MeteredProbe>()
            .AddSingleton<Shortages>()
            .AddSingleton<Deadlines>()
            .AddSingleton<Absences>()
            .AddSingleton<Witnesses>()
            .AddSingleton<InstanceCheck>()
            .AddSingleton<StepFailure>()
            .AddSingleton<CreateStep>()
            .AddSingleton<BootStep>()
            .AddSingleton<ReadinessStep>()
            .AddSingleton<LivenessStep>()
            .AddSingleton<RotationStep>()
            .AddSingleton<DrainStep>()
            .AddSingleton<DestroyStep>()
            .AddSingleton<PurgeStep>()
            .AddSingleton<CleanUpStep>()
            .AddSingleton<LifecycleSteps>()
            .AddSingleton<ServerWorker>()
            .AddHostedService<LifecycleLoop>()
            .AddSingleton<OrphanSweep>()
            .AddHostedService<SweepLoop>()
            .AddHostedService<EventPruner>();
    }
}
