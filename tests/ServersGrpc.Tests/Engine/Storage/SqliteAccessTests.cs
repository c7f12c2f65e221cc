using Microsoft.Data.Sqlite;

namespace ServersGrpc.Tests.Engine.Storage;

/// <summary>A database of before, which knew nothing of callers.</summary>
public sealed class SqliteAccessTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Timeout => StoreFixture.Timeout;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Open_ADatabaseFromBeforeOwners_TakesThemFromTheFirstEvents()
    {
        var server = await _fixture.AddAsync(_fixture.NewServer("one") with { Owner = "tester", RequestId = "id", RequestDigest = "d" });
        _fixture.Close();
        GoBack("""
            ALTER TABLE credentials DROP COLUMN request_digest; ALTER TABLE servers DROP COLUMN scheduled;
            ALTER TABLE servers DROP COLUMN cause; DROP INDEX servers_address;
            ALTER TABLE servers ADD COLUMN request_digest TEXT NOT NULL DEFAULT ''; UPDATE servers SET request_digest = 'd';
            ALTER TABLE servers DROP COLUMN expiry_told; ALTER TABLE credentials DROP COLUMN expires; ALTER TABLE credentials DROP COLUMN next_secret;
            ALTER TABLE credentials DROP COLUMN next_ca_key; ALTER TABLE credentials DROP COLUMN next_ca_cert; ALTER TABLE credentials DROP COLUMN next_tls_key;
            ALTER TABLE credentials DROP COLUMN next_tls_cert; ALTER TABLE credentials DROP COLUMN next_expires;
            DROP INDEX servers_owner; DROP INDEX servers_request; ALTER TABLE servers DROP COLUMN owner;
            CREATE UNIQUE INDEX servers_request ON servers (request_id) WHERE request_id <> '';
            ALTER TABLE events DROP COLUMN address; ALTER TABLE events DROP COLUMN request_id; DROP TABLE tokens;
            """);
        _fixture.Reopen();

        Assert.Equal("tester", (await _fixture.Store.FindAsync("one", Timeout))!.Owner);
        Assert.Equal(server.WakeAt, (await _fixture.Store.FindAsync("one", Timeout))!.Scheduled);
        Assert.Equal(server.Uid, (await _fixture.AddAsync(_fixture.NewServer("two") with { Owner = "tester", RequestId = "id", RequestDigest = "d" })).Uid);
    }

    private void GoBack(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_fixture.DatabaseFile};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"{sql} PRAGMA user_version = {VersionBeforeAccess};";
        command.ExecuteNonQuery();
    }

    private const int VersionBeforeAccess = 5;
}
