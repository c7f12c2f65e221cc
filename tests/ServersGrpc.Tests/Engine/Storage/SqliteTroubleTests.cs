using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Sqlite;

namespace ServersGrpc.Tests.Engine.Storage;

public sealed class SqliteTroubleTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Timeout => StoreFixture.Timeout;

    [Fact]
    public async Task Write_LockedByAnotherProcess_IsUnavailableAndWorksAgainAfterwards()
    {
        await _fixture.AddAsync("before");
        using var other = Connect(_fixture.DatabaseFile);
        Run(other, "BEGIN IMMEDIATE");

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.AddAsync("during"));
        Assert.Contains("locked", refused.Message);
        Assert.NotNull(await _fixture.Store.FindAsync("before", Timeout));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.Store.CheckAsync(Timeout));

        Run(other, "ROLLBACK");
        await _fixture.Store.CheckAsync(Timeout);
        await _fixture.AddAsync("after");
        _fixture.Reopen();
        Assert.NotNull(await _fixture.Store.FindAsync("before", Timeout));
        Assert.Null(await _fixture.Store.FindAsync("during", Timeout));
        Assert.NotNull(await _fixture.Store.FindAsync("after", Timeout));
    }

    [Fact]
    public async Task Check_WhileAPauseWaitsForTheLock_LeavesThePause()
    {
        using var other = Connect(_fixture.DatabaseFile);
        Run(other, "BEGIN IMMEDIATE");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.AddAsync("during"));
        var pause = _fixture.Store.SetPausedAsync(true, Timeout);
        var check = _fixture.Store.CheckAsync(Timeout);

        Run(other, "ROLLBACK");
        await Task.WhenAll(pause, check);

        Assert.True(await _fixture.Store.IsPausedAsync(Timeout));
    }

    [Fact]
    public async Task Write_RefusedByTheDatabase_FailsAlone()
    {
        await _fixture.AddAsync("one");
        var same = (await _fixture.Store.FindAsync("one", Timeout))! with { Name = "other" };

        // The same uid again is refused by a constraint, in the middle of a transaction that others share.
        var refused = _fixture.AddAsync(same);
        var others = Enumerable.Range(0, 20).Select(i => _fixture.AddAsync($"s{i}")).ToArray();

        await Assert.ThrowsAsync<SqliteException>(() => refused);
        await Task.WhenAll(others);
        _fixture.Reopen();
        Assert.Equal(21, (await _fixture.Store.ListAsync(ServerQuery.Everything, null, int.MaxValue, Timeout)).Count);
    }

    [Fact]
    public async Task Write_CommitOutcomeUnknown_WhatTheDatabaseHoldsIsTheTruth()
    {
        await _fixture.AddAsync("one");
        await using var watch = _fixture.Store.WatchAsync(0, ServerQuery.Everything, TimeSpan.FromMinutes(1), Timeout).GetAsyncEnumerator(Timeout);
        Assert.True(await watch.MoveNextAsync());
        Assert.True(await watch.MoveNextAsync());

        // As after a commit that the disk reported as failed and that happened all the same: rows that memory does not know.
        using (var other = Connect(_fixture.DatabaseFile))
        {
            Run(other, "UPDATE servers SET version = 9, error = 'from the disk' WHERE name = 'one'");
            Run(other, "UPDATE settings SET value = '7' WHERE key = 'revision'");
        }
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ChangeAsync());
        var changed = await ChangeAsync();

        Assert.Equal(("from the disk", 10, 8), (changed.Error, changed.Version, changed.Revision));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => watch.MoveNextAsync().AsTask());

        Task<ServerRecord> ChangeAsync() => _fixture.Store.ChangeAsync("one", s => new(s, new EventDraft("C", "c", "t")), Timeout);
    }

    [Fact]
    public void Open_NewerSchema_IsRefusedWithBothVersions()
    {
        using var directory = new TemporaryDirectory();
        OpenIn(directory);
        using (var other = Connect(directory.File("servers.db")))
            Run(other, "PRAGMA user_version = 9999");

        var refused = Assert.Throws<StoreOpenException>(() => OpenIn(directory));

        Assert.Contains("schema version 9999", refused.Message);
        var known = typeof(SqliteServerStore).Assembly.GetManifestResourceNames().Count(name => name.EndsWith(".sql", StringComparison.Ordinal));
        Assert.Contains($"up to {known}", refused.Message);
    }

    [Fact]
    public void Open_AnotherProgramsDatabase_IsRefusedAndUntouched()
    {
        using var directory = new TemporaryDirectory();
        using (var other = Connect(directory.File("servers.db")))
            Run(other, "PRAGMA user_version = 1; CREATE TABLE theirs (x)");

        var refused = Assert.Throws<StoreOpenException>(() => OpenIn(directory));

        Assert.Contains("another program", refused.Message);
    }

    [Fact]
    public void Open_NoDatabaseAtAll_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.File("servers.db"), new string('x', 5000));

        var refused = Assert.Throws<StoreOpenException>(() => OpenIn(directory));

        Assert.Contains("damaged", refused.Message);
    }

    public void Dispose() => _fixture.Dispose();

    private static void OpenIn(TemporaryDirectory directory)
    {
        using var data = DataDirectory.Open(directory.Path);
        using var meters = new TestMeters();
        using var store = SqliteServerStore.Open(data, "", new(), TimeProvider.System, new(meters), NullLogger.Instance);
    }

    private static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
