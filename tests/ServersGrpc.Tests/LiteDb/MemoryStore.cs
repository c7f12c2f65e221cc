using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Simulation.Disk;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.LiteDb;

/// <summary>A store on a disk in memory that fails when a test says so.</summary>
internal sealed class MemoryStore : IDisposable
{
    public const string Data = StorageOptions.FileName;
    public const string Log = Data + "-log";

    private readonly RecordedLogs _logs = new();
    private readonly TestMeters _meters = new();
    private readonly FixedKeys _keys = new();
    private LiteDbStore? _store;

    public SimulatedDisk Disk { get; } = new(1);

    public FaultyDirectory Directory { get; }

    public DiskTrouble Trouble { get; } = new();

    public StorageOptions Options { get; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Opened when it is first used.</summary>
    public LiteDbStore Store => _store ??= Open(Directory);

    /// <summary>What was logged, oldest first.</summary>
    public IEnumerable<string> Logged => _logs.At(LogLevel.Information);

    public static CancellationToken Timeout => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public MemoryStore() => Directory = new(Disk, Trouble);

    public LiteDbStore Open(IStoreDirectory directory) =>
        LiteDbStore.Open(directory, _keys, "", Options, Time, new(_meters), _logs.CreateLogger(""));

    public Task<ServerRecord> AddAsync(string name) => Store.AddAsync(
        new()
        {
            Uid = name,
            Name = name,
            Created = DateTimeOffset.UnixEpoch,
            WakeAt = DateTimeOffset.UnixEpoch,
            Provider = "scripted",
            Image = "image",
            Region = "region",
            Size = "size",
            Platform = "linux/amd64",
            Secret = "secret of " + name,
            Credentials = ServerCredentials.None,
            UserData = new string('#', 5000),
        },
        new("ProvisionRequested", "asked for", "tester"), new(int.MaxValue), Timeout);

    /// <summary>Purges all servers.</summary>
    public async Task PurgeAsync()
    {
        var now = Time.GetUtcNow();
        var lease = new Lease("tester", now, now + TimeSpan.FromMinutes(5));
        var claim = await Store.ClaimAsync(lease, int.MaxValue, _ => int.MaxValue, Timeout);
        foreach (var server in claim.Servers)
            Assert.True(await Store.PurgeAsync(server, new("Purged", "gone", "tester"), lease.Owner, Timeout));
    }

    /// <summary>The names of all servers, in their order.</summary>
    public async Task<IEnumerable<string>> NamesAsync() =>
        (await Store.ListAsync(ServerQuery.Everything, null, int.MaxValue, Timeout)).Select(server => server.Name).Order(StringComparer.Ordinal);

    /// <summary>Closes the store, and opens it again.</summary>
    public void Reopen()
    {
        Close();
        _ = Store;
    }

    public void Close()
    {
        _store?.Dispose();
        _store = null;
    }

    public long LengthOf(string name)
    {
        using var file = Disk.Open(name);
        return file.Length;
    }

    public void Dispose()
    {
        Close();
        _meters.Dispose();
    }

    private sealed class FixedKeys : IKeySource
    {
        private readonly KeyRing _keys = new("memory", [new(RandomNumberGenerator.GetBytes(EncryptionKey.Length))]);

        public KeyRing Load(KeyId? needed) => _keys;

        public KeyRing Renew(KeyRing present) => present;

        public KeyRing Retire(KeyRing renewed) => renewed;
    }
}
