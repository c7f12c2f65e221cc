using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Engine.Providers.Cloud;
using ServersGrpc.Engine.Providers.DigitalOcean;
using ServersGrpc.Engine.Providers.Docker;
using ServersGrpc.Engine.Providers.Hetzner;
using ServersGrpc.Engine.Providers.Local;

namespace ServersGrpc.Engine.Providers;

public static class ProviderServices
{
    /// <summary>Adds the catalog of providers. Expects a meter factory.</summary>
    public static IServiceCollection AddProviders(this IServiceCollection services) =>
        services.AddSingleton<ProviderMetrics>().AddSingleton<ProviderCatalog>();

    /// <summary>Adds the provider of processes on this machine, unless it is turned off. Expects the installation.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="agent">How to start a process that is a server.</param>
    public static IServiceCollection AddLocalProvider(this IServiceCollection services, LocalProviderOptions options, AgentCommandLine agent)
    {
        if (!options.Enabled)
            return services;
        return services.AddProvider(options, (root, _) =>
        {
            var installation = root.GetRequiredService<Installation>();
            var local = new LocalProvider(options, installation.DataDirectory, installation.Id, agent, root.GetRequiredService<TimeProvider>());
            local.RemoveLeftovers();
            return local;
        });
    }

    /// <summary>Adds Hetzner Cloud, unless it is turned off, as it is without a section. Expects the installation.</summary>
    public static IServiceCollection AddHetzner(this IServiceCollection services, HetznerOptions options) =>
        services.AddCloud(options, new HetznerDialect(), (section, installation, client) => new HetznerCloud(section, installation, client));

    /// <summary>Adds DigitalOcean, unless it is turned off, as it is without a section. Expects the installation.</summary>
    public static IServiceCollection AddDigitalOcean(this IServiceCollection services, DigitalOceanOptions options) =>
        services.AddCloud(
            options, new DigitalOceanDialect(), (section, installation, client) => new DigitalOceanCloud(section, installation, client));

    private static IServiceCollection AddCloud<TOptions>(
        this IServiceCollection services, TOptions options, ICloudDialect dialect, Func<TOptions, string, CloudClient, ICloud> make)
        where TOptions : CloudOptions
    {
        if (!options.Enabled)
            return services;
        return services.AddProvider(options, (root, gate) =>
        {
            var (installation, time) = (root.GetRequiredService<Installation>().Id, root.GetRequiredService<TimeProvider>());
            return new CloudProvider(make(options, installation, new CloudClient(dialect, options, time)), installation, time, gate);
        });
    }

    /// <summary>Adds containers of a Docker Engine, unless they are turned off, as they are without a section. Expects the installation.</summary>
    public static IServiceCollection AddDocker(this IServiceCollection services, DockerProviderOptions options) => options.Enabled
        ? services.AddProvider(options, (root, _) => new DockerProvider(
            options, root.GetRequiredService<Installation>().Id, root.GetRequiredService<TimeProvider>()))
        : services;

    private static IServiceCollection AddProvider(
        this IServiceCollection services, ProviderOptions options, Func<IServiceProvider, CallGate, IServerProvider> make) =>
        services.AddSingleton<IServerProvider>(root =>
        {
            var time = root.GetRequiredService<TimeProvider>();
            var gate = new CallGate(options.MaxConcurrentCalls, options.MaxCallsPerSecond, time);
            return new ThrottledProvider(make(root, gate), gate, options, time, root.GetRequiredService<ProviderMetrics>());
        });
}
