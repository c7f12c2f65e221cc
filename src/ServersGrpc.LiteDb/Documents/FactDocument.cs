using LiteDB;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.LiteDb.Documents;

/// <summary>The few facts that are no server's, as two documents: of the database, which never changes but for its key, and of what goes on in it.</summary>
internal static class FactDocument
{
    public const string Database = "database";
    public const string State = "state";

    /// <summary>The format of all documents that this program writes, and knows.</summary>
    public const int KnownFormat = 1;

    private const string Format = "format";
    private const string Installation = "installation_id";
    private const string Key = "key_check";
    // As of when it was last written: events may have later ones.
    private const string Revision = "revision";
    private const string Forgotten = "forgotten_revision";
    private const string Paused = "paused";

    public static BsonDocument WriteDatabase(string installationId, string keyCheck) =>
        new() { [StoredDocument.Id] = Database, [Format] = (long)KnownFormat, [Installation] = installationId, [Key] = keyCheck };

    public static (long Format, string InstallationId, string KeyCheck) ReadDatabase(BsonDocument document) =>
        (document.Number(Format), document.Text(Installation), document.Text(Key));

    public static BsonDocument WriteState(StoreSettings settings)
    {
        var document = new BsonDocument { [StoredDocument.Id] = State };
        document.Put(Revision, settings.Revision);
        document.Put(Forgotten, settings.Forgotten);
        document.Put(Paused, settings.Paused);
        return document;
    }

    public static StoreSettings ReadState(BsonDocument document) =>
        new(document.Number(Revision), document.Number(Forgotten), document.Flag(Paused));
}
