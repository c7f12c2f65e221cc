using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Fleet;

public static class FleetServices
{
    /// <summary>Adds all that the API calls. Expects a store and providers.</summary>
    public static IServiceCollection AddFleet(this IServiceCollection services, FleetOptions options) => services
        .AddSingleton(options)
        .AddSingleton<ServerCredentialsFactory>()
        .AddSingleton<Fleet>();
}
