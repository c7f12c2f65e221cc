using System.Security.Cryptography;
using System.Text;
using LiteDB;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb;
using ServersGrpc.LiteDb.Documents;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.LiteDb.Reading;
using ServersGrpc.Tests.LiteDb;

namespace ServersGrpc.Tests.Engine.Storage.Encryption;

/// <summary>
/// A store whose files are looked at, with servers whose secrets can be found again. No message of it may hold any key that was ever in the
/// key file or given out here.
/// </summary>
internal sealed class EncryptedStore : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestMeters _meters = new();
    private readonly RecordedLogs _logs = new();
    private readonly HashSet<string> _keys = [];
    private DataDirectory? _data;
    private LiteDbStore? _store;

    public EncryptionOptions Options { get; } = new();

    /// <summary>The disk that the database is on. It is well again at each opening.</summary>
    public DiskTrouble Disk { get; } = new();

    public LiteDbStore Store => _store!;

    public string Directory => _directory.Path;

    public string KeyFile => _directory.File(OwnKeyFile.FileName);

    public string DatabaseFile => _directory.File(StorageOptions.FileName);

    public IEnumerable<string> Logged => _logs.Texts;

    private static CancellationToken Timeout => StoreFixture.Timeout;

    public string File(string name) => _directory.File(name);

    /// <summary>A new key, as a key file has it.</summary>
    public string NewKey()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(EncryptionKey.Length));
        _keys.Add(key);
        return key;
    }

    /// <summary>Makes a key file that only its owner may read, or replaces it.</summary>
    public string WriteKeys(string name, params IEnumerable<string> lines)
    {
        var file = _directory.File(name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        return file;
    }

    public static KeyId IdOf(string key) => new EncryptionKey(Convert.FromBase64String(key)).Id;

    public LiteDbStore Open(IKeySource? source = null)
    {
        Close();
        Disk.End();
        var data = DataDirectory.Open(_directory.Path);
        try
        {
            _store = LiteDbStore.Open(
                new FaultyDirectory(new DiskDirectory(_directory.Path), Disk), source ?? KeySources.Of(Options, data, _logs.CreateLogger("store")), "", new(), TimeProvider.System, new(_meters),
                _logs.CreateLogger("store"));
            _data = data;
        }
        catch
        {
            data.Dispose();
            throw;
        }
        return _store;
    }

    public void Close()
    {
        _store?.Dispose();
        _data?.Dispose();
        (_store, _data) = (null, null);
    }

    /// <summary>What is said when it does not open.</summary>
    public string Refused()
    {
        RememberKeys();
        var refused = Assert.Throws<StoreOpenException>(() => Open());
        AssertNoKey(refused.ToString());
        return refused.Message;
    }

    public void AssertNoKey(string text)
    {
        RememberKeys();
        foreach (var said in _logs.Texts.Append(text))
            Assert.All(_keys, key => Assert.DoesNotContain(key[..8], said, StringComparison.Ordinal));
    }

    public Task<ServerRecord> AddAsync(string name) => Store.AddAsync(New(name), new("ProvisionRequested", "asked for", "tester"), new(StoreFixture.NoLimit), Timeout);

    public static ServerRecord New(string name) => new()
    {
        Uid = Guid.NewGuid().ToString("N"),
        Name = name,
        Provider = "scripted",
        Secret = Text(name, "secret"),
        Credentials = new(Bytes(name, "ca_key"), Bytes(name, "ca_cert"), Bytes(name, "tls_key"), Bytes(name, "tls_cert")),
        // Long enough for pages of its own.
        UserData = string.Concat(Enumerable.Repeat(Text(name, "user_data"), 300)),
        RequestId = $"request for {name}",
        RequestDigest = Text(name, "request_digest"),
        Created = TimeProvider.System.GetUtcNow(),
    };

    /// <summary>The text that only this server has in this field.</summary>
    public static string Text(string name, string field) => $"<{field} of {name}>";

    public static IEnumerable<byte[]> Secrets(string name) => ((string[])["secret", "ca_key", "tls_key", "user_data", "request_digest"]).Select(field => Bytes(name, field));

    public static byte[] Bytes(string name, string field) => Encoding.ASCII.GetBytes(Text(name, field));

    /// <summary>The values as the database holds them.</summary>
    public List<byte[]> Sealed(string name)
    {
        var uid = Documents(Collections.Servers).Single(server => server["name"].AsString == name)[StoredDocument.Id];
        var secrets = Documents(Collections.Credentials).Single(document => document[StoredDocument.Id] == uid);
        return [.. ((string[])["secret", "ca_key", "tls_key", "user_data", "request_digest"]).Select(field => secrets.Bytes(field))];
    }

    /// <summary>The documents of a collection as a start would find them. The store may be open.</summary>
    public List<BsonDocument> Documents(string collection)
    {
        using var copy = new TemporaryDirectory();
        foreach (var file in System.IO.Directory.EnumerateFiles(_directory.Path, StorageOptions.FileName + "*"))
            System.IO.File.WriteAllBytes(copy.File(Path.GetFileName(file)), ReadAll(file));
        using var database = OpenFile(copy.Path);
        return database.Engine.After(database.Path, collection, BsonValue.MinValue, int.MaxValue);
    }

    /// <summary>Changes the documents of a closed database, as a program could that knows how.</summary>
    public void Change(string collection, Action<Dictionary<string, BsonDocument>> change)
    {
        using var database = OpenFile(_directory.Path);
        var documents = database.Engine.After(database.Path, collection, BsonValue.MinValue, int.MaxValue).ToDictionary(document => document[StoredDocument.Id].AsString);
        change(documents);
        database.Engine.BeginTrans();
        database.Engine.Update(collection, documents.Values.Select(document => StoredDocument.Seal(collection, document)));
        database.Commit();
        database.Close();
    }

    /// <summary>The names of the directory's files that hold any of these.</summary>
    public IReadOnlyList<string> FilesWith(IEnumerable<byte[]> values) =>
    [
        .. from file in System.IO.Directory.EnumerateFiles(_directory.Path)
           let content = ReadAll(file)
           where values.Any(value => content.AsSpan().IndexOf(value) >= 0)
           select Path.GetFileName(file),
    ];

    public async Task AssertHoldsAsync(params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var server = await Store.FindAsync(name, Timeout);
            Assert.NotNull(server);
            Assert.Equal((Text(name, "secret"), New(name).UserData), (server.Secret, server.UserData));
            Assert.Equal(Text(name, "request_digest"), server.RequestDigest);
            Assert.Equal(Bytes(name, "ca_key"), server.Credentials.CaKey.ToArray());
            Assert.Equal(Bytes(name, "ca_cert"), server.Credentials.CaCertificate.ToArray());
            Assert.Equal(Bytes(name, "tls_key"), server.Credentials.TlsKey.ToArray());
            Assert.Equal(Bytes(name, "tls_cert"), server.Credentials.TlsCertificate.ToArray());
        }
    }

    public void Dispose()
    {
        Close();
        _meters.Dispose();
        _directory.Dispose();
    }

    private void RememberKeys()
    {
        if (System.IO.File.Exists(KeyFile))
            _keys.UnionWith(System.IO.File.ReadAllLines(KeyFile).Where(line => line.Length == 44));
    }

    private static LiteFile OpenFile(string directory) => LiteFile.Open(
        new DiskDirectory(directory), StorageOptions.FileName, _ => throw new InvalidOperationException("There is no database."), _ => { });

    // The lock file is held by the store.
    private static byte[] ReadAll(string file)
    {
        if (Path.GetFileName(file) == "lock")
            return [];
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
