using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Benchmarks.Engine;

/// <summary>Servers that run, and that nothing has to be done about for a day.</summary>
internal static class RunningServers
{
    private const int AtOnce = 500;

    /// <summary>Adds so many to an engine, s0 and so on, and their instances to its provider.</summary>
    public static async Task AddAsync(EngineHost engine, int count, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var credentials = new ServerCredentialsFactory(TimeProvider.System).Create("bench");
        var instances = new List<Instance>();
        foreach (var part in Enumerable.Range(0, count).Chunk(AtOnce))
            await Task.WhenAll(part.Select(i => engine.Store.AddAsync(Running(i), new("Ready", "", "bench"), new(EngineHost.NoLimit), cancellationToken)));
        engine.Provider.Instances = instances;

        ServerRecord Running(int i)
        {
            var uid = Guid.NewGuid().ToString("N");
            instances.Add(new($"i-{i}", uid, $"s{i}", "127.0.0.1", now));
            return new()
            {
                Uid = uid,
                Name = $"s{i}",
                Provider = engine.Provider.Name,
                State = ServerState.Running,
                InstanceId = $"i-{i}",
                Address = "127.0.0.1",
                Secret = "secret",
                Credentials = credentials,
                Created = now,
                Started = now,
                WakeAt = now + TimeSpan.FromDays(1),
                Scheduled = now,
            };
        }
    }
}
