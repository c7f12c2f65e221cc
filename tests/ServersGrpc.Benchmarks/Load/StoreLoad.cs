using ServersGrpc.Benchmarks.Engine;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>The store alone, in this process: a unit is a server with its first event.</summary>
internal static class StoreLoad
{
    /// <summary>What a unit has of bytes, about: mostly user data and keys.</summary>
    public const int UnitLength = 8 * 1024;

    private const int UserDataLength = 5000;

    /// <summary>Adds servers to a store that was empty before.</summary>
    public static async Task<StoreRun> RunAsync(int callers, int maxBatch, CancellationToken cancellationToken)
    {
        using var directory = new RunDirectory();
        await using var engine = new EngineHost(directory.Path, new() { MaxBatch = maxBatch });
        var server = New();
        return await Writers.RunAsync(callers, () =>
        {
            var uid = Guid.NewGuid().ToString("N");
            return engine.Store.AddAsync(
                server with { Uid = uid, Name = uid }, new("ProvisionRequested", "", "bench"), new(EngineHost.NoLimit), cancellationToken);
        });
    }

    /// <summary>A server without a name.</summary>
    public static ServerRecord New() => new()
    {
        Uid = "",
        Name = "",
        Provider = "local",
        Secret = ServerSecrets.Generate(),
        Credentials = new ServerCredentialsFactory(TimeProvider.System).Create("bench"),
        UserData = new('x', UserDataLength),
        Created = TimeProvider.System.GetUtcNow(),
    };
}
