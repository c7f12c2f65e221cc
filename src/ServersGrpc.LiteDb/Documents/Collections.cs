using LiteDB;
using LiteDB.Engine;

namespace ServersGrpc.LiteDb.Documents;

/// <summary>What the database is made of.</summary>
internal static class Collections
{
    /// <summary>Servers by uid: what changes often.</summary>
    public const string Servers = "servers";

    /// <summary>The secrets of servers by uid, encrypted: what is large, and seldom changes.</summary>
    public const string Credentials = "credentials";

    /// <summary>Events by revision, each with what the change made of its server.</summary>
    public const string Events = "events";

    /// <summary>Events by revision that left their server as it was.</summary>
    public const string Notes = "notes";

    /// <summary>Purged servers by the revision of their purge.</summary>
    public const string Purged = "purged";

    public const string Tokens = "tokens";

    /// <summary>The few facts that are no server's.</summary>
    public const string Facts = "facts";

    public static readonly IReadOnlyList<string> All = [Servers, Credentials, Events, Notes, Purged, Tokens, Facts];

    private static readonly string[] Plain = [Servers, Credentials, Tokens, Facts];

    /// <summary>Makes them all, together with the file.</summary>
    public static void Make(LiteEngine engine)
    {
        engine.EnsureIndex(Events, EventDocument.ServerIndex, BsonExpression.Create(EventDocument.Server), false);
        engine.EnsureIndex(Notes, EventDocument.Name, BsonExpression.Create("$." + EventDocument.Name), false);
        engine.EnsureIndex(Purged, PurgedDocument.Uid, BsonExpression.Create("$." + PurgedDocument.Uid), false);
        // LiteDB makes a collection with its first document.
        foreach (var collection in Plain)
        {
            engine.Insert(collection, [new BsonDocument { [StoredDocument.Id] = 0 }], BsonAutoId.Int32);
            engine.Delete(collection, [new BsonValue(0)]);
        }
    }
}
