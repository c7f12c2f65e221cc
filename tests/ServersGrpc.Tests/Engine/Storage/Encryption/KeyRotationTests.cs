using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb.Documents;
using ServersGrpc.Tests.LiteDb;

namespace ServersGrpc.Tests.Engine.Storage.Encryption;

[UnsupportedOSPlatform("windows")]
public sealed class KeyRotationTests : IDisposable
{
    // More than three batches.
    private const int Many = 200;

    private readonly EncryptedStore _files = new();

    private static CancellationToken Timeout => StoreFixture.Timeout;

    [Fact]
    public async Task Rotate_OwnKeyIsALink_IsRefusedAndLeavesIt()
    {
        _files.Open();
        var elsewhere = _files.File("kept");
        File.Move(_files.KeyFile, elsewhere);
        File.CreateSymbolicLink(_files.KeyFile, elsewhere);

        var refused = await Assert.ThrowsAsync<EncryptionException>(() => _files.Store.RotateKeyAsync(Timeout));

        Assert.Contains("Servers:Encryption:KeyFile", refused.Message);
        Assert.Equal(elsewhere, new FileInfo(_files.KeyFile).LinkTarget);
    }

    [Fact]
    public async Task Rotate_OwnKey_NothingIsUnderTheOldOneAndItIsGone()
    {
        _files.Open();
        await AddManyAsync();
        var (old, traces) = (FileKeys(), _files.Sealed("s0"));

        Assert.Equal(Many, await _files.Store.RotateKeyAsync(Timeout));

        var key = Assert.Single(FileKeys());
        Assert.NotEqual(old, [key]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_files.KeyFile));
        AssertAllAreUnder(key);
        Assert.Empty(_files.FilesWith(traces));
        Assert.Contains(_files.Logged, text => text.Contains($"{Many} servers anew, under key {EncryptedStore.IdOf(key)}", StringComparison.Ordinal));
        await _files.AddAsync("later");
        _files.Open();
        await AssertHoldsManyAsync("later");
        AssertAllAreUnder(key);
        _files.AssertNoKey("");
    }

    [Fact]
    public async Task Rotate_WithoutServers_NextStartNeedsTheNewKey()
    {
        _files.Open();
        var old = FileKeys();

        Assert.Equal(0, await _files.Store.RotateKeyAsync(Timeout));

        var key = Assert.Single(FileKeys());
        _files.Open();
        _files.Close();
        _files.WriteKeys(OwnKeyFile.FileName, old);
        Assert.Contains($"is encrypted under key {EncryptedStore.IdOf(key)}", _files.Refused());
    }

    [Fact]
    public async Task Rotate_Repeatedly_IsOneKeyEachTime()
    {
        _files.Open();
        await _files.AddAsync("one");

        foreach (var rotation in new[] { _files.Store.RotateKeyAsync(Timeout), _files.Store.RotateKeyAsync(Timeout), _files.Store.RotateKeyAsync(Timeout) })
            Assert.Equal(1, await rotation);

        Assert.Single(FileKeys());
        _files.Open();
        await _files.AssertHoldsAsync("one");
    }

    [Fact]
    public async Task Rotate_WhileServersComeAndGo_LosesNone()
    {
        _files.Open();
        await AddManyAsync();
        using var end = new CancellationTokenSource();
        var added = 0;
        var adding = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
                await _files.AddAsync($"more{added++}");
        });

        for (var i = 0; i < 3; i++)
            Assert.InRange(await _files.Store.RotateKeyAsync(Timeout), Many, int.MaxValue);
        await end.CancelAsync();
        await adding;

        Assert.NotEqual(0, added);
        AssertAllAreUnder(Assert.Single(FileKeys()));
        _files.Open();
        await AssertHoldsManyAsync([.. Enumerable.Range(0, added).Select(i => $"more{i}")]);
    }

    [Fact]
    public async Task Rotate_KilledAfterTheNewKeyIsKept_OpensAndGoesOn()
    {
        _files.Open(new StoppedKeySource(Own()) { Renewed = () => throw new IOException("killed") });
        await AddManyAsync();
        await Assert.ThrowsAsync<IOException>(() => _files.Store.RotateKeyAsync(Timeout));
        Assert.Equal(2, FileKeys().Length);

        await AssertOpensAndGoesOnAsync(rotated: Many);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Many / 2)]
    [InlineData(Many)]
    public async Task Rotate_KilledAfterSoManyServers_OpensAndGoesOn(int done)
    {
        _files.Open(new StoppedKeySource(Own()) { Retiring = () => throw new IOException("killed") });
        await AddManyAsync();
        var before = _files.Documents(Collections.Credentials);
        await Assert.ThrowsAsync<IOException>(() => _files.Store.RotateKeyAsync(Timeout));
        _files.Close();
        // As it was when so many were done: the others are under the old key.
        _files.Change(Collections.Credentials, documents =>
        {
            foreach (var document in before.Skip(done))
                documents[document[StoredDocument.Id].AsString] = document;
        });
        Assert.Equal(2, FileKeys().Length);

        await AssertOpensAndGoesOnAsync(rotated: Many);
    }

    [Fact]
    public async Task Rotate_EndedAtAnyMoment_OpensAndGoesOn()
    {
        _files.Open();
        await AddManyAsync();
        for (var i = 0; i < 12; i++)
        {
            using var end = new CancellationTokenSource(TimeSpan.FromMilliseconds(i * 2));
            try
            {
                await _files.Store.RotateKeyAsync(end.Token);
            }
            catch (OperationCanceledException)
            {
                // What it is about.
            }
            await _files.AddAsync($"more{i}");
            if (i % 3 == 0)
                _files.Open();
            await AssertHoldsManyAsync($"more{i}");
        }

        await AssertOpensAndGoesOnAsync(rotated: Many + 12);
    }

    [Fact]
    public async Task Rotate_DiskFailsAmidIt_FailsAndKeepsBothKeys()
    {
        _files.Open(new StoppedKeySource(Own()) { Renewed = () => _files.Disk.Sync ??= DiskTrouble.Broken });
        await _files.AddAsync("one");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _files.Store.RotateKeyAsync(Timeout));

        Assert.Equal(2, FileKeys().Length);
        _files.Open();

        Assert.Equal(1, await _files.Store.RotateKeyAsync(Timeout));
        Assert.Single(FileKeys());
    }

    [Fact]
    public async Task Rotate_OwnKeyFileLostMeanwhile_IsThereAgain()
    {
        _files.Open();
        await _files.AddAsync("one");
        File.Delete(_files.KeyFile);

        Assert.Equal(1, await _files.Store.RotateKeyAsync(Timeout));

        _files.Open();
        await _files.AssertHoldsAsync("one");
    }

    [Fact]
    public async Task Rotate_NamedFile_TakesItsFirstKeyAndLeavesTheFile()
    {
        var (old, fresh) = (_files.NewKey(), _files.NewKey());
        _files.Options.KeyFile = _files.WriteKeys("keys", old);
        _files.Open();
        await AddManyAsync();
        _files.WriteKeys("keys", fresh, old);

        Assert.Equal(Many, await _files.Store.RotateKeyAsync(Timeout));
        Assert.Equal(0, await _files.Store.RotateKeyAsync(Timeout));

        AssertAllAreUnder(fresh);
        Assert.Equal([fresh, old], File.ReadAllLines(_files.File("keys")));
        _files.WriteKeys("keys", fresh);
        Assert.Equal(0, await _files.Store.RotateKeyAsync(Timeout));
        _files.Open();
        await AssertHoldsManyAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rotate_NamedFileWithoutTheOldKey_IsRefusedAndNothingChanges(bool hasServers)
    {
        var (old, fresh) = (_files.NewKey(), _files.NewKey());
        _files.Options.KeyFile = _files.WriteKeys("keys", old);
        _files.Open();
        if (hasServers)
            await _files.AddAsync("one");
        _files.WriteKeys("keys", fresh);

        var refused = await Assert.ThrowsAsync<EncryptionException>(() => _files.Store.RotateKeyAsync(Timeout));

        Assert.Contains($"is encrypted under key {EncryptedStore.IdOf(old)}; the key file {_files.Options.KeyFile}", refused.Message);
        Assert.Contains($"holds {EncryptedStore.IdOf(fresh)}", refused.Message);
        _files.AssertNoKey(refused.ToString());
        await _files.AddAsync("two");
        AssertAllAreUnder(old);
        _files.WriteKeys("keys", old);
        _files.Open();
        await _files.AssertHoldsAsync(hasServers ? ["one", "two"] : ["two"]);
    }

    [Fact]
    public async Task Rotate_NamedFileSpoiled_IsRefusedAndNothingChanges()
    {
        var old = _files.NewKey();
        _files.Options.KeyFile = _files.WriteKeys("keys", old);
        _files.Open();
        await _files.AddAsync("one");
        _files.WriteKeys("keys", _files.NewKey()[..43], old);

        var refused = await Assert.ThrowsAsync<EncryptionException>(() => _files.Store.RotateKeyAsync(Timeout));

        Assert.Contains("no key", refused.Message);
        _files.AssertNoKey(refused.ToString());
        AssertAllAreUnder(old);
    }

    [Fact]
    public async Task Rotate_Variable_TakesTheFirstKeyOfTheStart()
    {
        const string Variable = "SERVERS_TEST_ROTATED_KEYS";
        var (old, fresh) = (_files.NewKey(), _files.NewKey());
        _files.Options.KeyVariable = Variable;
        try
        {
            Environment.SetEnvironmentVariable(Variable, old);
            _files.Open();
            await AddManyAsync();
            Environment.SetEnvironmentVariable(Variable, $"{fresh} {old}");
            _files.Open();
            Environment.SetEnvironmentVariable(Variable, _files.NewKey());

            Assert.Equal(Many, await _files.Store.RotateKeyAsync(Timeout));

            AssertAllAreUnder(fresh);
            Environment.SetEnvironmentVariable(Variable, fresh);
            _files.Open();
            await AssertHoldsManyAsync();
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    public void Dispose() => _files.Dispose();

    private OwnKeyFile Own() => new(_files.KeyFile, NullLogger.Instance);

    private string[] FileKeys() => File.ReadAllLines(_files.KeyFile);

    private Task AddManyAsync() => Task.WhenAll(Enumerable.Range(0, Many).Select(i => _files.AddAsync($"s{i}")));

    private Task AssertHoldsManyAsync(params IEnumerable<string> more) =>
        _files.AssertHoldsAsync(Enumerable.Range(0, Many).Select(i => $"s{i}").Concat(more));

    private async Task AssertOpensAndGoesOnAsync(int rotated)
    {
        _files.Open();
        await AssertHoldsManyAsync();
        await _files.AddAsync("later");
        _files.Open();

        // Servers that were under the newest key of before are under an old one now.
        Assert.Equal(rotated + 1, await _files.Store.RotateKeyAsync(Timeout));

        AssertAllAreUnder(Assert.Single(FileKeys()));
        _files.Open();
        await AssertHoldsManyAsync("later");
    }

    private void AssertAllAreUnder(string key)
    {
        Assert.All(_files.Documents(Collections.Credentials).SelectMany(CredentialDocument.KeysOf), id => Assert.Equal(EncryptedStore.IdOf(key), id));
    }
}
