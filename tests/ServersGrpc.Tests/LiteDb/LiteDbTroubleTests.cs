using LiteDB;
using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb;
using ServersGrpc.LiteDb.Documents;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Tests.Engine;
using ServersGrpc.Tests.Engine.Storage;

namespace ServersGrpc.Tests.LiteDb;

/// <summary>What the store does when its disk fails, and when its files are not what they should be.</summary>
public sealed class LiteDbTroubleTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Timeout => StoreFixture.Timeout;

    public static TheoryData<string, string> Troubles => new()
    {
        { "write", "can't be read or written" },
        { "full", "The disk that holds the database is full." },
        { "sync", "can't be read or written" },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Write_DiskInTrouble_IsUnavailableAndWorksAgainAfterwards(string trouble, string said)
    {
        await _fixture.AddAsync("before");
        Begin(trouble);

        for (var i = 0; i < 3; i++)
            Assert.Contains(said, (await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.AddAsync("during"))).Message);
        Assert.NotNull(await _fixture.Store.FindAsync("before", Timeout));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.Store.CheckAsync(Timeout));

        _fixture.Disk.End();
        await _fixture.Store.CheckAsync(Timeout);
        await _fixture.AddAsync("after");
        _fixture.Reopen();
        Assert.NotNull(await _fixture.Store.FindAsync("before", Timeout));
        Assert.NotNull(await _fixture.Store.FindAsync("after", Timeout));
    }

    [Fact]
    public async Task Write_SmallOnAFullDisk_IsNoSignOfRoom()
    {
        await _fixture.AddAsync("before");
        _fixture.Disk.Write = DiskTrouble.Full;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.AddAsync("during"));

        // What fits into the log that is there, though no server does.
        _fixture.Disk.Write = null;
        _fixture.Disk.Room = 64 * 1024;
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.Store.SetPausedAsync(true, Timeout));

        Assert.Contains("full", refused.Message);
        _fixture.Disk.End();
        await _fixture.AddAsync("after");
        Assert.False(await _fixture.Store.IsPausedAsync(Timeout));
    }

    [Fact]
    public async Task Check_WhileAPauseWaits_LeavesThePause()
    {
        _fixture.Disk.Write = DiskTrouble.Broken;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.AddAsync("during"));
        _fixture.Disk.End();

        await Task.WhenAll(_fixture.Store.SetPausedAsync(true, Timeout), _fixture.Store.CheckAsync(Timeout));

        Assert.True(await _fixture.Store.IsPausedAsync(Timeout));
    }

    [Fact]
    public async Task Write_CommitOutcomeUnknown_WhatTheDatabaseHoldsIsTheTruth()
    {
        var first = await _fixture.AddAsync("one");
        await using var watch = _fixture.Store.WatchAsync(0, ServerQuery.Everything, TimeSpan.FromMinutes(1), Timeout).GetAsyncEnumerator(Timeout);
        Assert.True(await watch.MoveNextAsync());
        Assert.True(await watch.MoveNextAsync());

        // All of it is in the file, and the disk says that it is not.
        _fixture.Disk.Sync = DiskTrouble.Broken;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ChangeAsync("during"));
        _fixture.Disk.End();
        var changed = await ChangeAsync("after");

        Assert.Equal((first.Version + 2, first.Revision + 2), (changed.Version, changed.Revision));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => watch.MoveNextAsync().AsTask());
        Assert.Equal(["ProvisionRequested", "during", "after"], (await _fixture.Store.ListEventsAsync("one", Timeout)).Select(told => told.Reason));

        Task<ServerRecord> ChangeAsync(string reason) => _fixture.Store.ChangeAsync("one", s => new(s, new EventDraft(reason, "c", "t")), Timeout);
    }

    [Fact]
    public async Task Read_DiskInTrouble_IsUnavailableAndLosesNothing()
    {
        await _fixture.AddAsync("one");
        // What is in no cache of LiteDB's any more.
        _fixture.Reopen();
        _fixture.Disk.Read = DiskTrouble.Broken;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.Store.ListEventsAsync("one", Timeout));

        _fixture.Disk.End();
        await _fixture.AddAsync("two");

        Assert.Single(await _fixture.Store.ListEventsAsync("one", Timeout));
    }

    [Fact]
    public async Task Read_DiskInTroubleAndNobodyWrites_WorksAgainAfterwards()
    {
        await _fixture.AddAsync("one");
        _fixture.Reopen();
        _fixture.Disk.Read = DiskTrouble.Broken;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.Store.ListEventsAsync("one", Timeout));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.Store.CheckAsync(Timeout));

        _fixture.Disk.End();

        await _fixture.Store.CheckAsync(Timeout);
        Assert.Single(await _fixture.Store.ListEventsAsync("one", Timeout));
    }

    [Fact]
    public async Task Read_ManyWhileTheDatabaseFailsAndIsOpenedAgain_TheProcessLives()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _fixture.AddAsync($"s{i}")));
        using var end = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 8).Select(reader => Task.Run(() => ReadAsync(reader))).ToArray();
        for (var i = 0; i < 20; i++)
        {
            (_fixture.Disk.Read, _fixture.Disk.Sync) = i % 2 == 0 ? (DiskTrouble.Broken, null) : ((Exception?)null, DiskTrouble.Broken);
            await Record.ExceptionAsync(() => _fixture.AddAsync($"during{i}"));
            _fixture.Disk.End();
            await _fixture.AddAsync($"after{i}");
        }
        await end.CancelAsync();
        await Task.WhenAll(readers);

        // What LiteDB finds wrong with pages that were let go of, it finds here, and ends the process.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Single(await _fixture.Store.ListEventsAsync("s7", Timeout));

        async Task ReadAsync(int reader)
        {
            for (var i = reader; !end.IsCancellationRequested; i++)
                Assert.True(await Record.ExceptionAsync(() => _fixture.Store.ListEventsAsync($"s{i % 50}", Timeout)) is null or StoreUnavailableException);
        }
    }

    [Fact]
    public async Task Write_NeitherWritesNorReadsSucceed_OpensAgainOnceTheyDo()
    {
        await _fixture.AddAsync("before");
        (_fixture.Disk.Write, _fixture.Disk.Read) = (DiskTrouble.Broken, DiskTrouble.Broken);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.AddAsync("during"));

        _fixture.Disk.Write = null;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.AddAsync("during"));
        _fixture.Disk.End();

        await _fixture.AddAsync("after");
        Assert.Equal(["after", "before"], (await _fixture.Store.ListAsync(ServerQuery.Everything, null, 9, Timeout)).Select(server => server.Name).Order());
    }

    [Fact]
    public async Task Close_DiskInTrouble_LosesNothing()
    {
        await _fixture.AddAsync("one");
        _fixture.Disk.Write = DiskTrouble.Broken;
        _fixture.Close();
        _fixture.Disk.End();

        _fixture.OpenAgain();

        Assert.NotNull(await _fixture.Store.FindAsync("one", Timeout));
    }

    [Fact]
    public void Open_DatabaseOfBefore_IsRefusedAndUntouched()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.File("servers.db"), "SQLite format 3");

        var refused = Assert.Throws<StoreOpenException>(() => OpenIn(directory));

        Assert.Contains(directory.File("servers.db"), refused.Message);
        Assert.Contains("earlier version", refused.Message);
        Assert.Equal("SQLite format 3", File.ReadAllText(directory.File("servers.db")));
        Assert.False(File.Exists(directory.File(StorageOptions.FileName)));
    }

    [Fact]
    public void Open_NewerFormat_IsRefusedWithBothAndUntouched()
    {
        using var directory = new TemporaryDirectory();
        OpenIn(directory);
        using (var file = LiteFile.Open(new DiskDirectory(directory.Path), StorageOptions.FileName, _ => { }, _ => { }))
        {
            var document = FactDocument.WriteDatabase("id", "");
            document["format"] = 9999L;
            file.Engine.BeginTrans();
            file.Engine.Upsert(Collections.Facts, [StoredDocument.Seal(Collections.Facts, document)], BsonAutoId.Int32);
            file.Commit();
            file.Close();
        }
        var before = File.ReadAllBytes(directory.File(StorageOptions.FileName));

        var refused = Assert.Throws<StoreOpenException>(() => OpenIn(directory));

        Assert.Contains($"{directory.File(StorageOptions.FileName)} has format 9999; this program knows format 1.", refused.Message);
        Assert.Equal(before, File.ReadAllBytes(directory.File(StorageOptions.FileName)));
    }

    public void Dispose() => _fixture.Dispose();

    private void Begin(string trouble)
    {
        (_fixture.Disk.Write, _fixture.Disk.Sync) = trouble switch
        {
            "write" => (DiskTrouble.Broken, null),
            "full" => (DiskTrouble.Full, null),
            _ => ((Exception?)null, DiskTrouble.Broken),
        };
    }

    private static void OpenIn(TemporaryDirectory directory)
    {
        using var data = DataDirectory.Open(directory.Path);
        using var meters = new TestMeters();
        using var store = LiteDbStore.Open(data, "", new(), TimeProvider.System, new(meters), NullLogger.Instance);
    }
}
