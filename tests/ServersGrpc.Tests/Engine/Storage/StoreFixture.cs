using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Tests.LiteDb;

namespace ServersGrpc.Tests.Engine.Storage;

/// <summary>A store on a file of its own, on a clock of its own, that can be closed and opened again.</summary>
internal sealed class StoreFixture : IDisposable
{
    public const int NoLimit = 1_000_000;

    private readonly TemporaryDirectory _directory = new();
    private DataDirectory _data;

    private readonly OpenEngine _open;

    public StoreFixture()
        : this(LiteDb)
    {
    }

    public StoreFixture(OpenEngine open)
    {
        _open = open;
        _data = DataDirectory.Open(_directory.Path);
        Store = Open();
    }

    /// <summary>Opens an engine as the service does.</summary>
    public delegate IStorageEngine OpenEngine(
        DataDirectory directory, DiskTrouble disk, string installationId, StorageOptions options, TimeProvider time, StoreMetrics metrics);

    public static OpenEngine LiteDb { get; } = (directory, disk, id, options, time, metrics) => LiteDbStore.Open(
        new FaultyDirectory(new DiskDirectory(directory.Path), disk), KeySources.Of(options.Encryption, directory, NullLogger.Instance), id, options, time, metrics,
        NullLogger.Instance);

    public ManualTime Time { get; } = new();

    public TestMeters Meters { get; } = new();

    public StorageOptions Options { get; } = new();

    /// <summary>The disk that the database is on.</summary>
    public DiskTrouble Disk { get; } = new();

    public IStorageEngine Store { get; private set; }

    public string DatabaseFile => _directory.File(StorageOptions.FileName);

    public static CancellationToken Timeout => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public IStorageEngine Open(string installationId = "") => _open(_data, Disk, installationId, Options, Time, new(Meters));

    public void Close()
    {
        ((IDisposable)Store).Dispose();
        _data.Dispose();
    }

    public void Reopen(string installationId = "")
    {
        Close();
        OpenAgain(installationId);
    }

    public void OpenAgain(string installationId = "")
    {
        _data = DataDirectory.Open(_directory.Path);
        Store = Open(installationId);
    }

    public ServerRecord NewServer(string name) => new()
    {
        Uid = Guid.NewGuid().ToString("N"),
        Name = name,
        Provider = "scripted",
        Image = "image",
        Region = "region",
        Size = "size",
        Platform = "linux/amd64",
        Capacity = 2,
        Secret = "secret of " + name,
        Credentials = new("ca key"u8.ToArray(), "ca cert"u8.ToArray(), "tls key"u8.ToArray(), "tls cert"u8.ToArray()),
        Labels = new Dictionary<string, string> { ["team"] = "a" },
        UserData = "#cloud-config",
        Created = Time.GetUtcNow(),
        Updated = Time.GetUtcNow(),
        WakeAt = Time.GetUtcNow(),
    };

    public Task<ServerRecord> AddAsync(string name) => AddAsync(NewServer(name));

    public Task<ServerRecord> AddAsync(ServerRecord server) =>
        Store.AddAsync(server, new("ProvisionRequested", "asked for", "tester"), new(NoLimit), Timeout);

    public Lease Lease(string owner) => new(owner, Time.GetUtcNow(), Time.GetUtcNow() + TimeSpan.FromMinutes(5));

    public void Dispose()
    {
        Close();
        Meters.Dispose();
        _directory.Dispose();
    }
}
