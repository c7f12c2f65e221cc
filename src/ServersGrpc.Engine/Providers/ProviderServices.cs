using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Engine.Providers.Docker;
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
        return services.AddProvider(options, root =>
        {
            var installation = root.GetRequiredService<Installation>();
            var local = new LocalProvider(options, installation.DataDirectory, installation.Id, agent, root.GetRequiredService<TimeProvider>());
            local.RemoveLeftovers();
            return local;
        });
    }

    /// <summary>Adds the provider of containers, where it has a section and is not turned off. Expects the installation.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">Valid options; null without a section.</param>
    public static IServiceCollection AddDockerProvider(this IServiceCollection services, DockerProviderOptions? options) =>
        options is not { Enabled: true }
            ? services
            : services.AddProvider(options, root => new DockerProvider(
                options, root.GetRequiredService<Installation>().Id, root.GetRequiredService<TimeProvider>()));

    private static IServiceCollection AddProvider(
        this IServiceCollection services, ProviderOptions options, Func<IServiceProvider, IServerProvider> make) =>
        services.AddSingleton<IServerProvider>(root => new ThrottledProvider(
            make(root), options, root.GetRequiredService<TimeProvider>(), root.GetRequiredService<ProviderMetrics>()));
}
