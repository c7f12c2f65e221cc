using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb;
using ServersGrpc.Simulation.Disk;
using ServersGrpc.Tests.Engine;
using ServersGrpc.Tests.Engine.Storage;

namespace ServersGrpc.Tests.LiteDb;

/// <summary>The store on a disk that fails at a chosen moment.</summary>
public sealed class LiteDbStoreFaultTests : IDisposable
{
    // A commit is a write and a sync of the log, and a mark in it.
    private const int FirstOfCheckpoint = 4;

    private readonly TemporaryDirectory _keys = new();
    private readonly TestMeters _meters = new();
    private readonly ManualTime _time = new();

    private static CancellationToken Timeout => StoreFixture.Timeout;

    [Fact]
    public async Task Checkpoint_FailsAfterAWrite_TheWriteIsAcknowledgedAndTheNextOneToo()
    {
        var disk = new SimulatedDisk(1);
        using var store = Open(disk);
        // The start's own checkpoint is over when the writer takes this up.
        await store.TryAddAsync(NewServer("none"), new(StoreFixture.NoLimit), Timeout);
        disk.Faults.FailAt(FirstOfCheckpoint);

        var one = await AddAsync(store, "one");
        var two = await AddAsync(store, "two");

        Assert.Equal(StorageOptions.FileName, Assert.Single(disk.Faults.Failed).Name);
        Assert.Equal((1, 2), (one.Revision, two.Revision));
        Assert.Equal(["one", "two"], (await store.ListAsync(ServerQuery.Everything, null, 10, Timeout)).Select(server => server.Name));
        await store.CheckAsync(Timeout);
    }

    [Fact]
    public async Task Dispose_WhileEveryWriteFails_EndsAllThatWait()
    {
        var disk = new SimulatedDisk(1);
        var store = Open(disk);
        disk.Power.CutNow();

        var writes = Enumerable.Range(0, 50).Select(number => AddAsync(store, "server-" + number)).ToList();
        store.Dispose();

        Assert.All(writes, write => Assert.IsType<StoreUnavailableException>(write.Exception!.InnerException));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => AddAsync(store, "late"));
    }

    public void Dispose()
    {
        _meters.Dispose();
        _keys.Dispose();
    }

    private LiteDbStore Open(SimulatedDisk disk) => LiteDbStore.Open(
        disk, new OwnKeyFile(Path.Combine(_keys.Path, OwnKeyFile.FileName), NullLogger.Instance), "", new() { CheckpointSize = 1, MaxBatch = 1 }, _time,
        new(_meters), NullLogger.Instance);

    private Task<ServerRecord> AddAsync(LiteDbStore store, string name) =>
        store.AddAsync(NewServer(name), new("Asked", "asked for", "tester"), new(StoreFixture.NoLimit), Timeout);

    private ServerRecord NewServer(string name) =>
        new() { Uid = name, Name = name, Provider = "scripted", Credentials = ServerCredentials.None, Created = _time.GetUtcNow() };
}
