using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.LiteDb;

namespace ServersGrpc.Configuration;

internal static class EngineSections
{
    /// <summary>Adds the engine as its sections say. Expects the data directory.</summary>
    public static IServiceCollection AddEngine(this IServiceCollection services, ServersOptions options) => services
        .AddLiteDbStore(options.Storage, options.InstallationId)
        .AddProviders(options)
        .AddLifecycle(options.Lifecycle)
        .AddFleet(options.Fleet);
}
