using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb;

namespace ServersGrpc.Simulation.Kills;

/// <summary>
/// A process that writes to a store until it is killed, and says on standard output what was acknowledged. Each server counts its own writes: in
/// itself and in the event of each write.
/// </summary>
internal static class WritingProcess
{
    /// <summary>The first argument that makes this program such a process; the second is the directory.</summary>
    public const string Argument = "--store";

    private const int Writers = 4;
    private const int MostWritesOfAServer = 12;

    private static readonly Lock Output = new();

    public static int Run(string directory)
    {
        using var data = DataDirectory.Open(directory);
        using var meters = new RunMeters();
        using var store = LiteDbStore.Open(data, "", Options(), TimeProvider.System, new(meters), NullLogger.Instance);
        var servers = store.ListAsync(ServerQuery.Everything, null, int.MaxValue, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        Task.WaitAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(store, servers.Where((_, i) => i % Writers == writer))));
        return 0;
    }

    /// <summary>With checkpoints all the time: these are what a kill may break.</summary>
    public static StorageOptions Options() => new() { CheckpointSize = 256 * 1024, QuietTime = TimeSpan.FromMilliseconds(5) };

    /// <summary>How many writes of its own a server counts.</summary>
    public static int CountOf(ServerRecord server) => int.Parse(server.Error, CultureInfo.InvariantCulture);

    private static async Task WriteAsync(LiteDbStore store, IEnumerable<ServerRecord> mine)
    {
        var owner = Guid.NewGuid().ToString("N");
        var servers = new Queue<ServerRecord>(mine);
        while (true)
        {
            if (servers.Count < 3 || Random.Shared.Next(4) == 0)
                servers.Enqueue(Acknowledged(await store.AddAsync(New(), Event(0), new(int.MaxValue), CancellationToken.None)));
            var server = servers.Dequeue();
            var next = CountOf(server) + 1;
            if (next > MostWritesOfAServer && await PurgeAsync(store, server, owner))
                continue;
            servers.Enqueue(Acknowledged(await store.ChangeAsync(
                server.Name, known => new(known with { Error = Text(next) }, Event(next)), CancellationToken.None)));
            // Now and then there is time for what the store does when nothing is written.
            if (Random.Shared.Next(50) == 0)
                await Task.Delay(20);
        }
    }

    private static async Task<bool> PurgeAsync(LiteDbStore store, ServerRecord server, string owner)
    {
        var now = TimeProvider.System.GetUtcNow();
        await store.ChangeAsync(server.Name, known => new(known with { LeaseOwner = owner, LeaseUntil = now + TimeSpan.FromMinutes(1) }), CancellationToken.None);
        var leased = (await store.FindAsync(server.Name, CancellationToken.None))!;
        if (!await store.PurgeAsync(leased, Event(CountOf(server) + 1), owner, CancellationToken.None))
            return false;
        Say($"{server.Name} gone");
        return true;
    }

    private static ServerRecord New()
    {
        var uid = Guid.NewGuid().ToString("N");
        return new()
        {
            Uid = uid,
            Name = uid,
            Provider = "killed",
            Secret = uid,
            // Often of several pages, so that a commit can be torn.
            Credentials = ServerCredentials.None,
            UserData = new('x', Random.Shared.Next(20_000)),
            Error = Text(0),
            Created = TimeProvider.System.GetUtcNow(),
        };
    }

    private static EventDraft Event(int count) => new("Written", Text(count), "writer");

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static ServerRecord Acknowledged(ServerRecord server)
    {
        Say($"{server.Name} {server.Error} {server.Revision}");
        return server;
    }

    private static void Say(string line)
    {
        lock (Output)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
