using LiteDB;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.LiteDb.Documents;

/// <summary>That a server was purged, as a document. What it was, the event of its purge tells.</summary>
internal static class PurgedDocument
{
    /// <summary>The field by which it is found.</summary>
    public const string Uid = "uid";

    private const string Name = "name";
    private const string Time = "time";

    public static BsonDocument Write(ServerRecord server)
    {
        var document = new BsonDocument { [StoredDocument.Id] = server.Revision, [Uid] = server.Uid, [Name] = server.Name };
        document.Put(Time, server.Updated);
        return document;
    }

    public static (long Revision, string Uid, string Name, DateTimeOffset Time) Read(BsonDocument document) =>
        (document[StoredDocument.Id].AsInt64, document.Text(Uid), document.Text(Name), document.Time(Time) ?? default);
}
