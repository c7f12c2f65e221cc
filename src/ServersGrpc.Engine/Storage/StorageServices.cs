using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Storage.Sqlite;

namespace ServersGrpc.Engine.Storage;

public static class StorageServices
{
    /// <summary>Adds the store. Expects the data directory and a meter factory.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="installationId">The id to take at first start; "" makes one.</param>
    public static IServiceCollection AddStorage(this IServiceCollection services, StorageOptions options, string installationId) =>
        services.AddSingleton<StoreMetrics>().AddStorageEngine(root => SqliteServerStore.Open(
            root.GetRequiredService<DataDirectory>(), installationId, options, root.GetRequiredService<TimeProvider>(),
            root.GetRequiredService<StoreMetrics>(), root.GetRequiredService<ILogger<SqliteServerStore>>()));

    /// <summary>Adds an engine as each of the stores that it is.</summary>
    public static IServiceCollection AddStorageEngine(this IServiceCollection services, Func<IServiceProvider, IStorageEngine> open) => services
        .AddSingleton(open)
        .AddSingleton<IServerStore>(Engine)
        .AddSingleton<ILeaseStore>(Engine)
        .AddSingleton<IEventStore>(Engine)
        .AddSingleton<ISettingStore>(Engine)
        .AddSingleton<ITokenStore>(Engine)
        .AddSingleton<IKeyStore>(Engine)
        .AddSingleton<IStoreHealth>(Engine);

    private static IStorageEngine Engine(IServiceProvider services) => services.GetRequiredService<IStorageEngine>();
}
