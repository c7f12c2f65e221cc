using System.IO.Hashing;
using System.Text;
using LiteDB;
using LiteDB.Engine;

namespace ServersGrpc.LiteDb.Files;

/// <summary>All that a database holds, as it is stored.</summary>
internal static class AllDocuments
{
    // LiteDB keeps the pages of a query in memory.
    private const int Limit = 100;

    /// <summary>Reads all documents, a few at a time, in the order of collections and ids.</summary>
    /// <returns>A hash of all of them.</returns>
    public static UInt128 Read(LiteEngine engine, Action<string, List<BsonDocument>> read)
    {
        var hash = new XxHash128();
        foreach (var collection in engine.GetCollectionNames().Order(StringComparer.Ordinal).ToList())
        {
            hash.Append(Encoding.UTF8.GetBytes(collection));
            for (var (after, count) = (BsonValue.MinValue, Limit); count == Limit;)
            {
                var documents = Next(engine, collection, after);
                foreach (var document in documents)
                    hash.Append(BsonSerializer.Serialize(document));
                read(collection, documents);
                (after, count) = (documents.Count > 0 ? documents[^1]["_id"] : after, documents.Count);
            }
        }
        return hash.GetCurrentHashAsUInt128();
    }

    private static List<BsonDocument> Next(LiteEngine engine, string collection, BsonValue after)
    {
        var query = new Query { Limit = Limit };
        query.Where.Add(BsonExpression.Create("$._id > @0", after));
        using var reader = engine.Query(collection, query);
        var documents = new List<BsonDocument>();
        while (reader.Read())
            documents.Add(reader.Current.AsDocument);
        return documents;
    }
}
