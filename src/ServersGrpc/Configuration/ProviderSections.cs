using ServersGrpc.Agent;
using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Configuration;

internal static class ProviderSections
{
    /// <summary>Adds every provider whose section says so. Expects the installation.</summary>
    public static IServiceCollection AddProviders(this IServiceCollection services, ServersOptions options) => services
        .AddProviders()
        .AddLocalProvider(options.Local, AgentCommand.CommandLine())
        .AddHetzner(options.Hetzner)
        .AddDigitalOcean(options.DigitalOcean)
        .AddDocker(options.Docker);
}
