using System.Runtime.Versioning;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb.Documents;

namespace ServersGrpc.Tests.Engine.Storage.Encryption;

[UnsupportedOSPlatform("windows")]
public sealed class EncryptedStoreTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly EncryptedStore _files = new();

    private static CancellationToken Timeout => StoreFixture.Timeout;

    [Fact]
    public void Open_FirstStart_MakesAPrivateKeyFileAndLogsItsNameOnly()
    {
        File.WriteAllText(_files.KeyFile + ".new", "half");
        _files.Open();

        Assert.Equal(44, Assert.Single(File.ReadAllLines(_files.KeyFile)).Length);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_files.KeyFile));
        Assert.False(File.Exists(_files.KeyFile + ".new"));
        Assert.Contains(_files.Logged, text => text.Contains(_files.KeyFile, StringComparison.Ordinal));
        _files.AssertNoKey("");
    }

    [Fact]
    public async Task Add_SecretsOfAServer_AreInNoFileAndThereAgainLater()
    {
        _files.Open();
        await _files.AddAsync("one");

        Assert.Empty(_files.FilesWith(EncryptedStore.Secrets("one")));
        Assert.NotEmpty(_files.FilesWith([EncryptedStore.Bytes("one", "tls_cert")]));
        _files.Close();
        Assert.Empty(_files.FilesWith(EncryptedStore.Secrets("one")));
        _files.Open();
        await _files.AssertHoldsAsync("one");
    }

    [Fact]
    public async Task Add_EmptyValues_StayEmpty()
    {
        _files.Open();
        await _files.Store.AddAsync(
            EncryptedStore.New("bare") with { Secret = "", UserData = "" }, new("A", "a", "t"), new(StoreFixture.NoLimit), Timeout);

        var values = _files.Sealed("bare");
        _files.Open();

        Assert.Equal((0, 0), (values[0].Length, values[3].Length));
        var server = (await _files.Store.FindAsync("bare", Timeout))!;
        Assert.Equal(("", ""), (server.Secret, server.UserData));
    }

    [Fact]
    public async Task Purge_OfAServer_LeavesNoTrace()
    {
        _files.Open();
        await _files.AddAsync("stays");
        await _files.AddAsync("goes");
        var sealedValues = _files.Sealed("goes");
        var lease = new Lease("w", TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1));
        await _files.Store.ChangeAsync("goes", server => new(server with { WakeAt = lease.From }), Timeout);
        var claimed = Assert.Single((await _files.Store.ClaimAsync(lease, 9, _ => 9, Timeout)).Servers);
        Assert.Equal(["servers.litedb-log"], _files.FilesWith(sealedValues));

        Assert.True(await _files.Store.PurgeAsync(claimed, new("Purged", "gone", "t"), "w", Timeout));
        _files.Close();

        Assert.Empty(_files.FilesWith([.. sealedValues, .. EncryptedStore.Secrets("goes"), EncryptedStore.Bytes("goes", "tls_cert")]));
        Assert.Equal(["servers.litedb"], _files.FilesWith(_files.Sealed("stays")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_WrongKey_IsRefusedWithTheKeyThatIsNeeded(bool hasServers)
    {
        _files.Open();
        if (hasServers)
            await _files.AddAsync("one");
        _files.Close();
        var (right, wrong) = (File.ReadAllLines(_files.KeyFile)[0], _files.NewKey());
        _files.WriteKeys(OwnKeyFile.FileName, wrong);

        Assert.Equal(
            $"The database {_files.DatabaseFile} is encrypted under key {EncryptedStore.IdOf(right)}; the key file {_files.KeyFile} holds "
            + $"{EncryptedStore.IdOf(wrong)}. Put that key back there, from where it is backed up, after the first.", _files.Refused());

        _files.WriteKeys(OwnKeyFile.FileName, wrong, right);
        _files.Open();
        await _files.AssertHoldsAsync(hasServers ? ["one"] : []);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_KeyFileLost_IsRefusedAndNoneIsMade(bool hasServers)
    {
        _files.Open();
        if (hasServers)
            await _files.AddAsync("one");
        _files.Close();
        var kept = File.ReadAllLines(_files.KeyFile);
        File.Delete(_files.KeyFile);

        Assert.Equal(
            $"The key file {_files.KeyFile} is missing, and the database beside it is encrypted under key {EncryptedStore.IdOf(kept[0])}. "
            + "Put the file back, from where it is backed up.", _files.Refused());
        Assert.False(File.Exists(_files.KeyFile));

        _files.WriteKeys(OwnKeyFile.FileName, kept);
        _files.Open();
        await _files.AssertHoldsAsync(hasServers ? ["one"] : []);
    }

    [Fact]
    public async Task Open_ServerUnderAKeyThatIsLost_IsRefusedWithItsIdAndField()
    {
        var (first, second) = (_files.NewKey(), _files.NewKey());
        _files.Options.KeyFile = _files.WriteKeys("keys", first);
        _files.Open();
        _files.WriteKeys("keys", second, first);
        _files.Open();
        var server = await _files.AddAsync("one");
        _files.Close();
        _files.WriteKeys("keys", first);

        Assert.StartsWith(
            $"The secret of server {server.Uid} is encrypted under key {EncryptedStore.IdOf(second)}; the key file {_files.Options.KeyFile} "
            + $"(Servers:Encryption:KeyFile) holds {EncryptedStore.IdOf(first)}.", _files.Refused());
    }

    [Fact]
    public async Task Open_NamedFile_FirstKeyWritesAllReadAndNoneIsMade()
    {
        var (first, second) = (_files.NewKey(), _files.NewKey());
        _files.Options.KeyFile = _files.WriteKeys("keys", first);
        _files.Open();
        await _files.AddAsync("one");
        _files.WriteKeys("keys", second, first);
        _files.Open();
        await _files.AddAsync("two");
        _files.Open();

        await _files.AssertHoldsAsync("one", "two");
        Assert.All(_files.Sealed("one"), value => Assert.Equal(EncryptedStore.IdOf(first), SecretCipher.KeyOf(value)));
        Assert.All(_files.Sealed("two"), value => Assert.Equal(EncryptedStore.IdOf(second), SecretCipher.KeyOf(value)));
        Assert.False(File.Exists(_files.KeyFile));
        _files.AssertNoKey("");
    }

    [Fact]
    public async Task Open_Variable_ReadsItAndMakesNoFile()
    {
        const string Variable = "SERVERS_TEST_KEYS";
        _files.Options.KeyVariable = Variable;
        var (first, second) = (_files.NewKey(), _files.NewKey());
        try
        {
            Assert.Equal("The environment variable SERVERS_TEST_KEYS, which Servers:Encryption:KeyVariable names, is not set.", _files.Refused());
            Environment.SetEnvironmentVariable(Variable, $"{first}, {second[1..]}");
            Assert.Contains("variable SERVERS_TEST_KEYS (Servers:Encryption:KeyVariable) has something in line 1", _files.Refused());
            Environment.SetEnvironmentVariable(Variable, first);
            _files.Open();
            await _files.AddAsync("one");
            Environment.SetEnvironmentVariable(Variable, $"{second}, {first}");
            _files.Open();
            await _files.AssertHoldsAsync("one");
            Environment.SetEnvironmentVariable(Variable, second);
            Assert.Contains($"is encrypted under key {EncryptedStore.IdOf(first)}; the environment variable {Variable}", _files.Refused());
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
        Assert.False(File.Exists(_files.KeyFile));
    }

    [Fact]
    public void Open_NamedFileThatCannotBeUsed_IsRefusedWithItsName()
    {
        var file = _files.Options.KeyFile = _files.File("keys");
        Assert.StartsWith($"The key file {file} (Servers:Encryption:KeyFile) can't be read: Could not find", _files.Refused());

        Directory.CreateDirectory(file);
        Assert.StartsWith($"The key file {file} (Servers:Encryption:KeyFile) can't be read: Access", _files.Refused());
        Directory.Delete(file);

        _files.WriteKeys("keys");
        Assert.StartsWith($"The key file {file} (Servers:Encryption:KeyFile) holds no key.", _files.Refused());

        _files.WriteKeys("keys", _files.NewKey(), _files.NewKey()[..40]);
        Assert.StartsWith($"The key file {file} (Servers:Encryption:KeyFile) has a key of 30 bytes in line 2.", _files.Refused());

        _files.WriteKeys("keys", Enumerable.Repeat(_files.NewKey(), 2000));
        Assert.StartsWith($"The key file {file} (Servers:Encryption:KeyFile) is too long", _files.Refused());
        Assert.False(File.Exists(_files.KeyFile));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void Open_NamedKeyFileOpenToOthers_IsRefused(UnixFileMode more)
    {
        var file = _files.Options.KeyFile = _files.WriteKeys("keys", _files.NewKey());
        File.SetUnixFileMode(file, OwnerOnly | more);

        Assert.Equal(
            $"The key file {file} (Servers:Encryption:KeyFile) is open to other users. Make it its owner's alone: chmod 600 {file}", _files.Refused());

        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        _files.Open();
    }

    [Fact]
    public void Open_OwnKeyFileOpenToOthers_IsClosed()
    {
        _files.Open();
        _files.Close();
        // The directory is closed, so that nobody has read it.
        File.SetUnixFileMode(_files.KeyFile, OwnerOnly | UnixFileMode.OtherRead);

        _files.Open();

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_files.KeyFile));
    }

    [Theory]
    [InlineData("secret", "two", "secret")]
    [InlineData("tls_key", "two", "tls_key")]
    [InlineData("tls_key", "one", "ca_key")]
    [InlineData("user_data", "one", "secret")]
    public async Task Open_SecretsMoved_IsRefusedWithServerAndField(string field, string server, string from)
    {
        _files.Open();
        var uids = new Dictionary<string, string> { ["one"] = (await _files.AddAsync("one")).Uid, ["two"] = (await _files.AddAsync("two")).Uid };
        _files.Close();

        _files.Change(Collections.Credentials, documents => documents[uids["one"]][field] = documents[uids[server]][from]);

        Assert.StartsWith($"The {field} of server {uids["one"]} does not decrypt: the database was changed by another program", _files.Refused());
    }

    [Theory]
    [InlineData("ca_key", 0)]
    [InlineData("secret", 50)]
    public async Task Open_SecretsChanged_IsRefusedWithServerAndField(string field, int kept)
    {
        _files.Open();
        var one = await _files.AddAsync("one");
        _files.Close();

        _files.Change(Collections.Credentials, documents => documents[one.Uid][field] = (byte[])[.. documents[one.Uid].Bytes(field).Take(kept), .. "plain"u8]);

        Assert.StartsWith($"The {field} of server {one.Uid} does not decrypt: the database was changed by another program", _files.Refused());
    }

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    public void Open_CheckLost_IsRefusedAndNoKeyIsMade(string check)
    {
        _files.Open();
        _files.Close();
        _files.Change(Collections.Facts, documents => documents[FactDocument.Database]["key_check"] = check);
        File.Delete(_files.KeyFile);

        Assert.Contains("has lost what tells the right key", _files.Refused());
        Assert.False(File.Exists(_files.KeyFile));
    }

    [Fact]
    public void Open_KeyFileThatCannotBeMade_IsRefused()
    {
        Directory.CreateDirectory(_files.KeyFile + ".new");

        Assert.StartsWith($"The unfinished key file {_files.KeyFile}.new can't be removed: ", _files.Refused());
        Directory.Delete(_files.KeyFile + ".new");
        Directory.CreateDirectory(_files.KeyFile);
        Assert.StartsWith($"The key file {_files.KeyFile} can't be written: ", _files.Refused());
    }

    [Fact]
    public void Open_ChangeOfTheKeyFileKilledInTheMiddle_LeavesNoKeyBeside()
    {
        _files.Open();
        _files.WriteKeys(OwnKeyFile.FileName + ".new", _files.NewKey());

        _files.Open();

        Assert.False(File.Exists(_files.KeyFile + ".new"));
    }

    public void Dispose() => _files.Dispose();
}
