using Microsoft.Extensions.DependencyInjection;

namespace ServersGrpc.Engine.Storage;

public static class StorageServices
{
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
