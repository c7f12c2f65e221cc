using LiteDB;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb.Documents;
using ServersGrpc.LiteDb.Reading;
using ServersGrpc.LiteDb.Writing;

namespace ServersGrpc.LiteDb;

/// <summary>
/// The keys in use, and their change for others while the store goes on. Whatever ends it in the middle, the keys that are kept open all that
/// the database holds, and the next rotation does what is left.
/// </summary>
/// <param name="source">The keys.</param>
/// <param name="upkeep">Held by the one work at a time that needs the data file or the keys to stay as they are.</param>
/// <param name="logger">Told of each change.</param>
internal sealed class LiteKeyRotation(IKeySource source, SemaphoreSlim upkeep, ILogger logger)
{
    // Servers a transaction: others wait no longer for it than for a few writes.
    private const int Batch = 64;

    private volatile KeyRing? _keys;

    /// <summary>The keys for a session: those in use, or at the start those that the source has.</summary>
    public KeyRing KeysFor(KeyId? needed) => _keys ??= source.Load(needed);

    /// <summary>Encrypts all there is under the first of the renewed keys. Returns how many servers were under another.</summary>
    public async Task<int> RunAsync(StoreWriter writer, string installationId, CancellationToken cancellationToken)
    {
        await upkeep.WaitAsync(cancellationToken);
        try
        {
            var renewed = source.Renew(_keys!);
            await CheckAsync(writer, renewed, cancellationToken);
            await writer.RunAloneAsync(session =>
            {
                // On the writer's thread: nothing is written under another key than the first of these from here on.
                _keys = renewed;
                session.Cipher.Use(renewed);
                return true;
            }, cancellationToken);
            await writer.RunAsync(batch =>
            {
                batch.WriteDatabase(installationId);
                return true;
            }, cancellationToken);
            var changed = await ResealAsync(writer, cancellationToken);
            // The log still holds secrets under the old keys, and one of these may be known to others.
            await writer.RunAloneAsync(session =>
            {
                session.File.CutLog();
                return true;
            }, cancellationToken);
            _keys = source.Retire(renewed);
            StoreLog.KeyRotated(logger, changed, renewed.First.Id.ToString());
            return changed;
        }
        finally
        {
            upkeep.Release();
        }
    }

    /// <summary>Makes sure that the keys open all there is.</summary>
    private async Task CheckAsync(StoreWriter writer, KeyRing renewed, CancellationToken cancellationToken)
    {
        if (!renewed.TryGet(_keys!.First.Id, out _))
            throw renewed.Lacks($"The database {await writer.RunAloneAsync(session => session.File.Path, cancellationToken)}", _keys.First.Id);
        for (string? after = ""; after is not null;)
        {
            var (last, keys, path) = await writer.RunAloneAsync(session => ReadKeys(session, after), cancellationToken);
            foreach (var id in keys)
            {
                if (!renewed.TryGet(id, out _))
                    throw renewed.Lacks($"The database {path}", id);
            }
            after = last;
        }
    }

    private static (string? Last, IReadOnlyList<KeyId> Keys, string Path) ReadKeys(LiteSession session, string after)
    {
        var page = Next(session, after);
        return (page.Count < Batch ? null : page[^1][StoredDocument.Id].AsString, [.. page.SelectMany(CredentialDocument.KeysOf).Distinct()], session.File.Path);
    }

    private static async Task<int> ResealAsync(StoreWriter writer, CancellationToken cancellationToken)
    {
        var changed = 0;
        for (string? after = ""; after is not null;)
        {
            var (last, uids) = await writer.RunAloneAsync(session => FindOld(session, after), cancellationToken);
            changed += await writer.RunAsync(batch => batch.Reseal(uids), cancellationToken);
            after = last;
        }
        return changed;
    }

    /// <summary>The servers of a page whose secrets are not under the first key. New ones are.</summary>
    private static (string? Last, IReadOnlyList<string> Uids) FindOld(LiteSession session, string after)
    {
        var page = Next(session, after);
        var first = session.Cipher.Keys.First.Id;
        return (
            page.Count < Batch ? null : page[^1][StoredDocument.Id].AsString,
            [.. page.Where(document => CredentialDocument.KeysOf(document).Any(id => id != first)).Select(document => document[StoredDocument.Id].AsString)]);
    }

    private static List<BsonDocument> Next(LiteSession session, string after) =>
        session.Engine.After(session.File.Path, Collections.Credentials, after, Batch);
}
