using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Sqlite;

namespace ServersGrpc.Tests.Engine.Storage;

/// <summary>Databases of earlier programs, as those left them.</summary>
public sealed class SqliteMigrationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Timeout => StoreFixture.Timeout;

    [Fact]
    public async Task Open_SchemaVersion1_KeepsServersAndBeginsTheHistoryOfChanges()
    {
        EarlierDatabase.Make(_directory.File(SqliteServerStore.FileName), version: 1, """
            INSERT INTO settings (key, value) VALUES ('installation_id', 'ours'), ('revision', '12');
            INSERT INTO servers (uid, name, provider, state, instance_id, image, region, size, platform, address, capacity, error, labels,
                request_id, request_digest, created, updated, started, stopped, version, revision, added_revision, create_is_open, attempts,
                probes, deadline, wake_at, lease_owner, lease_until)
            VALUES ('u1', 'old', 'scripted', 'running', 'i-1', 'image', 'region', 'size', 'linux/amd64', '192.0.2.1', 3, '', '{"a":"b"}',
                '', '', 1000, 2000, 1500, NULL, 4, 11, 7, 0, 0, 0, NULL, NULL, NULL, NULL);
            INSERT INTO credentials (uid, secret, ca_key, ca_cert, tls_key, tls_cert, user_data) VALUES ('u1', 's', x'01', x'02', x'03', x'04', '');
            INSERT INTO events (revision, uid, name, time, state, reason, message, actor) VALUES (11, 'u1', 'old', 2000, 'running', 'R', 'm', 'a');
            INSERT INTO deletions (revision, time, uid, name, provider, labels) VALUES (12, 3000, 'u0', 'gone', 'scripted', '{}');
            """);
        using var data = DataDirectory.Open(_directory.Path);
        using var meters = new TestMeters();
        using var store = SqliteServerStore.Open(data, "", new(), TimeProvider.System, new(meters), NullLogger.Instance);

        Assert.Equal("ours", store.InstallationId);
        var server = (await store.FindAsync("old", Timeout))!;
        Assert.Equal(("i-1", 3, 11L, "s"), (server.InstanceId, server.Capacity, server.Revision, server.Secret));
        Assert.Equal((null, false), (server.Next, server.ExpiryTold));
        // What it has, no other is given.
        var clash = server with { Uid = "u2", Name = "new", Address = "192.0.2.1" };
        await Assert.ThrowsAsync<AddressTakenException>(() => store.AddAsync(clash, new("A", "a", "t"), new(StoreFixture.NoLimit), Timeout));
        // As its certificate was made.
        Assert.Equal(server.Created + TimeSpan.FromDays(1080) - TimeSpan.FromMinutes(5), server.Credentials.Expires);
        Assert.Single(await store.ListEventsAsync("old", Timeout));
        // What changes made of servers was not remembered then.
        var refused = await Assert.ThrowsAsync<RevisionExpiredException>(() => FirstAsync(store, 11));
        Assert.Equal(12, refused.Oldest);
        Assert.Equal(new(ChangeType.Bookmark, 12, null), await FirstAsync(store, 12));
        await store.ChangeAsync("old", s => new(s with { Address = "192.0.2.2" }, new EventDraft("C", "c", "t")), Timeout);
        Assert.Equal("192.0.2.2", (await FirstAsync(store, 12)).Server!.Address);
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<ServerChange> FirstAsync(IServerStore store, long since) =>
        await store.WatchAsync(since, ServerQuery.Everything, TimeSpan.FromMinutes(1), Timeout).FirstAsync();
}
