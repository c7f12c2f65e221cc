using System.Diagnostics;
using ServersGrpc.Benchmarks.Engine;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>The store alone, in this process: so many callers that add servers, each as soon as its last one is on disk.</summary>
internal static class StoreLoad
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(600);

    /// <summary>Servers added a second, to a store that was empty before.</summary>
    public static async Task<double> RunAsync(int callers, int maxBatch, CancellationToken cancellationToken)
    {
        using var directory = new RunDirectory();
        await using var engine = new EngineHost(directory.Path, new() { MaxBatch = maxBatch });
        var now = TimeProvider.System.GetUtcNow();
        var server = new ServerRecord
        {
            Uid = "",
            Name = "",
            Provider = "local",
            Secret = ServerSecrets.Generate(),
            Credentials = new ServerCredentialsFactory(TimeProvider.System).Create("bench"),
            Created = now,
        };
        await AddAllAsync(WarmUp);
        return await AddAllAsync(Duration);

        async Task<double> AddAllAsync(TimeSpan duration)
        {
            var began = Stopwatch.GetTimestamp();
            var added = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => AddManyAsync(began, duration), cancellationToken)));
            return added.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        async Task<int> AddManyAsync(long began, TimeSpan duration)
        {
            var added = 0;
            for (; Stopwatch.GetElapsedTime(began) < duration; added++)
            {
                var uid = Guid.NewGuid().ToString("N");
                await engine.Store.AddAsync(
                    server with { Uid = uid, Name = uid }, new("ProvisionRequested", "", "bench"), new(EngineHost.NoLimit), cancellationToken);
            }
            return added;
        }
    }
}
