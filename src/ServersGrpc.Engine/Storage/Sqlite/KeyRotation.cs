using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Storage.Encryption;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>
/// The keys in use, and their change for others while the store goes on. Whatever ends it in the middle, the keys that are kept open all that
/// the database holds, and the next rotation does what is left.
/// </summary>
internal sealed class KeyRotation(SqliteDatabase database, SqliteReader reader, IKeySource source, KeyRing keys, ILogger logger) : IDisposable
{
    // Rows a transaction: others wait no longer for it than for a few writes.
    private const int Batch = 64;

    private readonly SemaphoreSlim _one = new(1);
    private volatile KeyRing _keys = keys;

    /// <summary>What a session has to begin with.</summary>
    public KeyRing Keys => _keys;

    /// <summary>Encrypts all there is under the first of the renewed keys. Returns how many servers were under another.</summary>
    public async Task<int> RunAsync(SqliteWriter writer, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var renewed = source.Renew(_keys);
            await CheckAsync(renewed, cancellationToken);
            await writer.RunAsync(session =>
            {
                // On the writer's thread: no session writes under another key than the first of these.
                _keys = renewed;
                session.UseKeys(renewed);
                return true;
            }, cancellationToken);
            var changed = await ResealAsync(writer, cancellationToken);
            // What the log still holds is under the old keys, and one of them may be known to somebody.
            await Task.Run(database.TruncateLog, cancellationToken);
            _keys = source.Retire(renewed);
            StoreLog.KeyRotated(logger, changed, renewed.First.Id.ToString());
            return changed;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>
    /// Makes sure that the keys open all there is. Of what is committed, beside the writer: whatever is added meanwhile is under the first of
    /// the present keys.
    /// </summary>
    private async Task CheckAsync(KeyRing renewed, CancellationToken cancellationToken)
    {
        var used = await reader.ReadAsync(connection =>
        {
            using var settings = new SettingTable(connection);
            return CredentialTable.ReadKeys(connection).Append(KeyCheck.Read(settings.KeyCheck).Key).ToList();
        }, cancellationToken);
        foreach (var id in used.Append(_keys.First.Id))
        {
            if (!renewed.TryGet(id, out _))
                throw renewed.Lacks($"The database {database.File}", id);
        }
    }

    private static async Task<int> ResealAsync(SqliteWriter writer, CancellationToken cancellationToken)
    {
        var (last, changed) = (0L, 0);
        while (await writer.RunAsync(session => session.Credentials.Reseal(last, Batch), cancellationToken) is { Last: { } done } batch)
            (last, changed) = (done, changed + batch.Changed);
        return changed;
    }
}
