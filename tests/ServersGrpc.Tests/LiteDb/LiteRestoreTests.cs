using LiteDB;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb;
using ServersGrpc.LiteDb.Documents;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Simulation.Disk;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.LiteDb;

public sealed class LiteRestoreTests : IDisposable
{
    private const string Backup = "backup";

    private readonly MemoryStore _memory = new();
    private readonly SimulatedDisk _backups = new(2);
    private readonly SimulatedDisk _disk = new(3);

    private static CancellationToken Timeout => MemoryStore.Timeout;

    public void Dispose() => _memory.Dispose();

    [Fact]
    public async Task Restore_OfABackup_StoreHoldsAllOfIt()
    {
        await BackUpAsync("one", "two");
        await _memory.AddAsync("three");
        var before = Content();
        // Left by a restoring that was cut off.
        using (var half = _disk.Open(NewFile.Aside(MemoryStore.Data)))
            half.Write(0, new byte[20_000]);

        Restore();

        Assert.Equal(before, Content());
        Assert.False(_disk.Exists(NewFile.Aside(MemoryStore.Data)));
        Assert.Equal(["one", "two"], await NamesAsync(_disk));
    }

    [Fact]
    public async Task Restore_OntoTheFileSystem_StoreHoldsAllOfIt()
    {
        using var directory = new TemporaryDirectory();
        await _memory.AddAsync("one");
        await _memory.Store.BackUpAsync(directory.File(Backup), Timeout);
        using var data = DataDirectory.Open(directory.File("data"));

        LiteRestore.Run(directory.File(Backup), data, Timeout);

        Assert.Equal(["one"], await NamesAsync(new DiskDirectory(data.Path)));
        Assert.Throws<FileNotFoundException>(() => LiteRestore.Run(directory.File("other"), data, Timeout));
        Assert.False(File.Exists(directory.File("other")));
    }

    [Theory]
    [InlineData(MemoryStore.Data)]
    [InlineData(MemoryStore.Log)]
    [InlineData("servers.db")]
    public async Task Restore_ADatabaseIsThere_IsRefusedAndAsItWas(string name)
    {
        await BackUpAsync("one");
        using (var file = _disk.Open(name))
            file.Write(0, "content"u8);

        Assert.Contains(_disk.PathOf(name), Assert.Throws<StoreOpenException>(Restore).Message);

        using var same = _disk.Open(name);
        Assert.Equal(7, same.Length);
        Assert.False(_disk.Exists(NewFile.Aside(MemoryStore.Data)));
    }

    [Fact]
    public async Task Restore_AnyPageIsDamaged_IsRefusedAndNothingIsLeft()
    {
        await BackUpAsync("one", "two");
        var whole = Content();
        for (var at = 100; at < whole.Length; at += PageStream.PageSize)
        {
            Put(whole);
            using (var file = _backups.Open(Backup))
                file.Write(at, [(byte)(whole[at] ^ 1)]);

            var refused = Assert.Throws<StoreOpenException>(Restore);

            Assert.Contains($"{_backups.PathOf(Backup)} is damaged: page {at / PageStream.PageSize}", refused.Message);
            AssertNothingIsThere();
        }
    }

    [Theory]
    [InlineData(0, "is not a database of this service")]
    [InlineData(100, "is not a database of this service")]
    [InlineData(PageStream.PageSize, "cut off")]
    [InlineData(-1, "cut off")]
    [InlineData(-PageStream.PageSize, "cut off")]
    public async Task Restore_BackupIsCutOff_IsRefusedAndNothingIsLeft(int length, string said)
    {
        await BackUpAsync("one");
        var whole = Content();
        Put(length < 0 ? whole[..^-length] : whole[..length]);

        Assert.Contains(said, Assert.Throws<StoreOpenException>(Restore).Message);

        AssertNothingIsThere();
    }

    [Fact]
    public async Task Restore_FileOfARunningService_IsRefused()
    {
        await BackUpAsync("one");
        using (var data = _memory.Disk.Open(MemoryStore.Data))
        {
            var content = new byte[data.Length];
            data.Read(0, content);
            Put(content);
        }

        Assert.Contains("was not closed", Assert.Throws<StoreOpenException>(Restore).Message);

        AssertNothingIsThere();
    }

    [Fact]
    public void Restore_DocumentIsNotWhatWasWritten_IsRefusedAndNothingIsLeft()
    {
        // All pages are whole: only the document's own sum tells.
        using (var file = LiteFile.Open(_backups, Backup, Collections.Make, _ => { }))
        {
            var document = StoredDocument.Seal(Collections.Tokens, new() { [StoredDocument.Id] = "token" });
            document["role"] = "Admin";
            file.Engine.BeginTrans();
            file.Engine.Insert(Collections.Tokens, [document], BsonAutoId.ObjectId);
            file.Commit();
            file.Close();
        }

        Assert.Contains("document \"token\" of tokens", Assert.Throws<StoreOpenException>(Restore).Message);

        AssertNothingIsThere();
    }

    [Fact]
    public async Task Restore_DiskFailsAtAnyOperation_NothingIsLeft()
    {
        await BackUpAsync("one");
        for (var operation = 1; ; operation++)
        {
            _disk.Faults.FailAt(operation);
            try
            {
                Restore();
                _disk.Faults.Clear();
                break;
            }
            catch (IOException)
            {
                var isLast = _disk.Faults.Failed[^1].Kind == DiskOperationKind.SyncDirectory;
                Assert.Equal(isLast, _disk.Exists(MemoryStore.Data));
                Assert.False(_disk.Exists(NewFile.Aside(MemoryStore.Data)));
                _disk.Delete(MemoryStore.Data);
            }
        }
        Assert.Equal(["one"], await NamesAsync(_disk));
    }

    [Fact]
    public async Task Restore_DiskFailsAtAnyRead_IsToldAndNothingIsLeft()
    {
        await BackUpAsync("one");
        var failures = 0;
        for (var isDone = false; !isDone;)
        {
            var reads = failures;
            var directory = new FaultyDirectory(_disk, new()) { Reading = () => _ = reads-- == 0 ? throw DiskTrouble.Broken : 0 };
            try
            {
                Restore(directory);
                isDone = true;
            }
            catch (IOException e)
            {
                Assert.Equal(DiskTrouble.Broken.Message, e.Message);
                AssertNothingIsThere();
                failures++;
            }
        }
        // More than one for each collection.
        Assert.InRange(failures, Collections.All.Count + 1, 1_000);
        Assert.Equal(["one"], await NamesAsync(_disk));
    }

    [Fact]
    public async Task Restore_PowerIsLostAtAnyOperation_DatabaseIsWholeOrNotThere()
    {
        await BackUpAsync("one");
        var whole = 0;
        for (var operation = 1; whole < 3; operation++)
        {
            var disk = new SimulatedDisk(operation);
            disk.Power.CutAt(operation);
            Record.Exception(() => Restore(disk));
            var after = disk.AfterLoss(LossMode.AnySectors);
            if (after.Exists(MemoryStore.Data))
                whole++;
            else
                Restore(after);
            Assert.Equal(["one"], await NamesAsync(after));
        }
    }

    [Fact]
    public async Task Restore_Cancelled_NothingIsLeft()
    {
        await BackUpAsync("one");
        using var backup = _backups.Open(Backup);

        Assert.ThrowsAny<OperationCanceledException>(() => LiteRestore.Run(backup, Backup, _disk, new(canceled: true)));

        AssertNothingIsThere();
    }

    private async Task BackUpAsync(params string[] names)
    {
        foreach (var name in names)
            await _memory.AddAsync(name);
        await _memory.Store.BackUpAsync(_backups, Backup, Timeout);
    }

    private void Restore() => Restore(_disk);

    private void Restore(IStoreDirectory disk)
    {
        using var backup = _backups.Open(Backup);
        LiteRestore.Run(backup, _backups.PathOf(Backup), disk, Timeout);
    }

    private void AssertNothingIsThere()
    {
        Assert.False(_disk.Exists(MemoryStore.Data));
        Assert.False(_disk.Exists(MemoryStore.Log));
        Assert.False(_disk.Exists(NewFile.Aside(MemoryStore.Data)));
    }

    private byte[] Content()
    {
        using var file = _backups.Open(Backup);
        var content = new byte[file.Length];
        file.Read(0, content);
        return content;
    }

    private void Put(byte[] content)
    {
        using var file = _backups.Open(Backup);
        file.SetLength(content.Length);
        file.Write(0, content);
    }

    private async Task<IEnumerable<string>> NamesAsync(IStoreDirectory directory)
    {
        using var store = _memory.Open(directory);
        return [.. (await store.ListAsync(ServerQuery.Everything, null, int.MaxValue, Timeout)).Select(server => server.Name).Order(StringComparer.Ordinal)];
    }
}
