using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Encryption;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>The tables servers and credentials, on the writing connection. What is secret is encrypted here, and only here.</summary>
internal sealed class ServerTable(SqliteConnection connection, SecretCipher cipher) : IDisposable
{
    private readonly SqliteStatement _insert = new(connection, """
        INSERT INTO servers (uid, name, provider, state, instance_id, image, region, size, platform, address, capacity, error, labels,
            request_id, created, updated, started, stopped, version, revision, create_is_open, attempts,
            probes, deadline, wake_at, lease_owner, lease_until, absent_since, placements, entered, owner, scheduled, cause)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27,
            ?28, ?29, ?30, ?31, ?32, ?33)
        """);

    private readonly SqliteStatement _insertCredentials = new(connection, """
        INSERT INTO credentials (uid, secret, ca_key, ca_cert, tls_key, tls_cert, user_data, expires, request_digest)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """);

    private readonly SqliteStatement _updateCredentials = new(connection, """
        UPDATE credentials SET secret = ?2, ca_key = ?3, ca_cert = ?4, tls_key = ?5, tls_cert = ?6, expires = ?7,
            next_secret = ?8, next_ca_key = ?9, next_ca_cert = ?10, next_tls_key = ?11, next_tls_cert = ?12, next_expires = ?13
        WHERE uid = ?1
        """);

    // The rest of a row never changes.
    private readonly SqliteStatement _update = new(connection, """
        UPDATE servers SET state = ?3, instance_id = ?4, image = ?5, region = ?6, size = ?7, platform = ?8, address = ?9, error = ?10,
            updated = ?11, started = ?12, stopped = ?13, version = ?14, revision = ?15, create_is_open = ?16, attempts = ?17, probes = ?18,
            deadline = ?19, wake_at = ?20, lease_owner = ?21, lease_until = ?22, absent_since = ?23, entered = ?24, opened = ?25,
            expiry_told = ?26, scheduled = ?27, cause = ?28
        WHERE uid = ?1 AND version = ?2
        """);

    private readonly SqliteStatement _delete = new(connection, "DELETE FROM servers WHERE uid = ?1 AND version = ?2");

    // What would start a new instance: left alone while that is paused.
    private const string StartsNew = "(state = 'pending' OR (state = 'creating' AND NOT create_is_open))";

    // Milliseconds. Thousands of probes that wait for a dead network must not keep back what somebody asked for.
    private const int ProbesYield = 5 * 60_000;

    private readonly SqliteStatement _due = new(connection, $"""
        SELECT uid FROM servers
        WHERE provider = ?1 AND wake_at <= ?2 AND (lease_until IS NULL OR lease_until <= ?2) AND (?4 OR NOT {StartsNew})
        ORDER BY wake_at + CASE state WHEN 'running' THEN {ProbesYield} ELSE 0 END LIMIT ?3
        """);

    private readonly SqliteStatement _nextWake = new(connection,
        $"SELECT wake_at FROM servers WHERE provider = ?1 AND wake_at IS NOT NULL AND (?2 OR NOT {StartsNew}) ORDER BY wake_at LIMIT 1");

    private readonly SqliteStatement _live = new(connection, "SELECT COUNT(*) FROM servers WHERE stopped IS NULL");

    private readonly SqliteStatement _ofOwner = new(connection, "SELECT COUNT(*) FROM servers WHERE owner = ?1 AND stopped IS NULL");

    private readonly SqliteStatement _byRequest = new(connection,
        "SELECT uid FROM servers WHERE request_id = ?1 AND owner = ?2 AND request_id <> ''");

    private readonly SqliteStatement _byAddress = new(connection,
        "SELECT uid FROM servers WHERE address = ?1 AND address <> '' AND stopped IS NULL LIMIT 1");

    // A lease is worth nothing once its owner is dead, and the lock on the data directory proves that all earlier owners are.
    private readonly SqliteStatement _endLeases = new(connection,
        "UPDATE servers SET wake_at = ?1, scheduled = ?1, lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL");

    public void Insert(ServerRecord s)
    {
        _insert.Execute(
            s.Uid, s.Name, s.Provider, ServerStates.Name(s.State), s.InstanceId, s.Image, s.Region, s.Size, s.Platform, s.Address, s.Capacity,
            s.Error, WriteLabels(s.Labels), s.RequestId, s.Created.ToMilliseconds(), s.Updated.ToMilliseconds(),
            s.Started.ToMilliseconds(), s.Stopped.ToMilliseconds(), s.Version, s.Revision, s.CreateIsOpen, s.Attempts,
            s.Probes, s.Deadline.ToMilliseconds(), s.WakeAt.ToMilliseconds(), s.LeaseOwner, s.LeaseUntil.ToMilliseconds(),
            s.AbsentSince.ToMilliseconds(), WritePlacements(s.Placements), s.Entered.ToMilliseconds(), s.Owner,
            s.Scheduled.ToMilliseconds(), s.Cause);
        var c = s.Credentials;
        _insertCredentials.Execute(
            s.Uid, Seal(s, SecretField.Secret, s.Secret), Seal(s, SecretField.CaKey, c.CaKey), c.CaCertificate, Seal(s, SecretField.TlsKey, c.TlsKey),
            c.TlsCertificate, Seal(s, SecretField.UserData, s.UserData), c.Expires.ToMilliseconds(),
            Seal(s, SecretField.RequestDigest, s.RequestDigest));
    }

    /// <summary>Writes a record over the one before it. False when another version is there.</summary>
    public bool Update(ServerRecord s, ServerRecord before) =>
        UpdateServer(s, before.Version) && (HasSameCredentials(s, before) || UpdateCredentials(s));

    private bool UpdateServer(ServerRecord s, long before) => _update.Execute(
        s.Uid, before, ServerStates.Name(s.State), s.InstanceId, s.Image, s.Region, s.Size, s.Platform, s.Address, s.Error,
        s.Updated.ToMilliseconds(), s.Started.ToMilliseconds(), s.Stopped.ToMilliseconds(), s.Version, s.Revision, s.CreateIsOpen, s.Attempts,
        s.Probes, s.Deadline.ToMilliseconds(), s.WakeAt.ToMilliseconds(), s.LeaseOwner, s.LeaseUntil.ToMilliseconds(),
        s.AbsentSince.ToMilliseconds(), s.Entered.ToMilliseconds(), s.Opened.ToMilliseconds(), s.ExpiryTold,
        s.Scheduled.ToMilliseconds(), s.Cause) == 1;

    private bool UpdateCredentials(ServerRecord s)
    {
        var (c, n) = (s.Credentials, s.Next?.Keys ?? ServerCredentials.None);
        return _updateCredentials.Execute(
            s.Uid, Seal(s, SecretField.Secret, s.Secret), Seal(s, SecretField.CaKey, c.CaKey), c.CaCertificate, Seal(s, SecretField.TlsKey, c.TlsKey),
            c.TlsCertificate, c.Expires.ToMilliseconds(), Seal(s, SecretField.NextSecret, s.Next?.Secret ?? ""), Seal(s, SecretField.NextCaKey, n.CaKey),
            n.CaCertificate, Seal(s, SecretField.NextTlsKey, n.TlsKey), n.TlsCertificate, n.Expires.ToMilliseconds()) == 1;
    }

    private ReadOnlyMemory<byte> Seal(ServerRecord s, string field, ReadOnlyMemory<byte> value) => cipher.Seal(s.Uid, field, value.Span);

    private ReadOnlyMemory<byte> Seal(ServerRecord s, string field, string value) => cipher.Seal(s.Uid, field, Encoding.UTF8.GetBytes(value));

    // Large, and as good as never changed: not written with every probe.
    private static bool HasSameCredentials(ServerRecord s, ServerRecord before) =>
        ReferenceEquals(s.Credentials, before.Credentials) && s.Secret == before.Secret && ReferenceEquals(s.Next, before.Next);

    public bool Delete(ServerRecord s) => _delete.Execute(s.Uid, s.Version) == 1;

    public IReadOnlyList<string> Due(string provider, DateTimeOffset now, int limit, bool startNew) =>
        _due.Query(row => row.Text(0), provider, now.ToMilliseconds(), limit, startNew);

    public DateTimeOffset? NextWake(string provider, bool startNew) => _nextWake.Number(provider, startNew)?.ToTime();

    /// <summary>How many servers are not stopped. Reads all rows.</summary>
    public int CountLive() => (int)_live.Number()!.Value;

    /// <summary>How many servers of an owner are not stopped.</summary>
    public int CountOf(string owner) => (int)_ofOwner.Number(owner)!.Value;

    public string? FindByRequest(string requestId, string owner) => _byRequest.Text(requestId, owner);

    /// <summary>Whether a server that is not stopped has the address.</summary>
    public bool IsAddressTaken(string address) => _byAddress.Text(address) is not null;

    public void EndLeases(DateTimeOffset now) => _endLeases.Execute(now.ToMilliseconds());

    /// <exception cref="EncryptionException">A secret does not open.</exception>
    public List<ServerRecord> ReadAll()
    {
        using var all = new SqliteStatement(connection, """
            SELECT s.uid, name, provider, state, instance_id, image, region, size, platform, address, capacity, error, labels, request_id,
                created, updated, started, stopped, version, revision, create_is_open, attempts, probes,
                deadline, wake_at, lease_owner, lease_until, absent_since, placements, entered, opened, owner, secret, ca_key, ca_cert, tls_key, tls_cert,
                user_data, expires, next_secret, next_ca_key, next_ca_cert, next_tls_key, next_tls_cert, next_expires, expiry_told,
                scheduled, request_digest, cause
            FROM servers s JOIN credentials c ON c.uid = s.uid
            """);
        return all.Query(Read);
    }

    public static string WriteLabels(IReadOnlyDictionary<string, string> labels) => labels.Count == 0 ? "{}" : JsonSerializer.Serialize(labels);

    public static IReadOnlyDictionary<string, string> ReadLabels(string json) =>
        json == "{}" ? ServerRecord.EmptyLabels : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    private static string WritePlacements(IReadOnlyList<Placement> placements) =>
        placements.Count == 0 ? "[]" : JsonSerializer.Serialize(placements.Select(p => new[] { p.Region, p.Size }));

    private static IReadOnlyList<Placement> ReadPlacements(string json) =>
        json == "[]" ? [] : [.. JsonSerializer.Deserialize<string[][]>(json)!.Select(p => new Placement(p[0], p[1]))];

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<SqliteStatement>)[_insert, _insertCredentials, _update, _updateCredentials, _delete, _due, _nextWake, _live, _ofOwner, _byRequest, _byAddress, _endLeases])
            statement.Dispose();
    }

    private ServerRecord Read(SqliteRow row)
    {
        var i = 0;
        var uid = Text();
        var server = new ServerRecord
        {
            Uid = uid,
            Name = Text(),
            Provider = Text(),
            State = ServerStates.Parse(Text()),
            InstanceId = Text(),
            Image = Text(),
            Region = Text(),
            Size = Text(),
            Platform = Text(),
            Address = Text(),
            Capacity = (int)Number(),
            Error = Text(),
            Labels = ReadLabels(Text()),
            RequestId = Text(),
            Created = Number().ToTime(),
            Updated = Number().ToTime(),
            Started = Time(),
            Stopped = Time(),
            Version = Number(),
            Revision = Number(),
            CreateIsOpen = Number() != 0,
            Attempts = (int)Number(),
            Probes = (int)Number(),
            Deadline = Time(),
            WakeAt = Time(),
            LeaseOwner = row.IsNull(i++) ? null : row.Text(i - 1),
            LeaseUntil = Time(),
            AbsentSince = Time(),
            Placements = ReadPlacements(Text()),
            Entered = Number().ToTime(),
            Opened = Time(),
            Owner = Text(),
            Secret = SecretText(SecretField.Secret),
            Credentials = new(Secret(SecretField.CaKey), Bytes(), Secret(SecretField.TlsKey), Bytes()),
            UserData = SecretText(SecretField.UserData),
        };
        server = server with { Credentials = server.Credentials with { Expires = Time() } };
        var next = new NextCredentials(
            SecretText(SecretField.NextSecret), new(Secret(SecretField.NextCaKey), Bytes(), Secret(SecretField.NextTlsKey), Bytes()) { Expires = Time() });
        return server with
        {
            Next = next.Secret.Length > 0 ? next : null,
            ExpiryTold = Number() != 0,
            Scheduled = Number().ToTime(),
            RequestDigest = SecretText(SecretField.RequestDigest),
            Cause = Text(),
        };

        string Text() => row.Text(i++);
        long Number() => row.Number(i++);
        byte[] Bytes() => row.Bytes(i++);
        byte[] Secret(string field) => cipher.Open(uid, field, row.Bytes(i++));
        string SecretText(string field) => Encoding.UTF8.GetString(Secret(field));
        DateTimeOffset? Time() => row.IsNull(i++) ? null : row.Number(i - 1).ToTime();
    }
}
