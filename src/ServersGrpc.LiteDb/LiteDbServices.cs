using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.LiteDb;

public static class LiteDbServices
{
    /// <summary>Adds the embedded store. Expects the data directory and a meter factory.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="installationId">The id to take at first start; "" makes one.</param>
    public static IServiceCollection AddLiteDbStore(this IServiceCollection services, StorageOptions options, string installationId) =>
        services.AddSingleton<StoreMetrics>().AddSingleton(root => (IStoreBackup)root.GetRequiredService<IStorageEngine>()).AddStorageEngine(root => LiteDbStore.Open(
            root.GetRequiredService<DataDirectory>(), installationId, options, root.GetRequiredService<TimeProvider>(),
            root.GetRequiredService<StoreMetrics>(), root.GetRequiredService<ILogger<LiteDbStore>>()));
}
