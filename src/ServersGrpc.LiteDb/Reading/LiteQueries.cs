using LiteDB;
using LiteDB.Engine;
using ServersGrpc.LiteDb.Documents;

namespace ServersGrpc.LiteDb.Reading;

/// <summary>
/// Queries whose documents are checked, and all read before they are handed out: an open reader holds one of LiteDB's hundred transactions. What
/// may be many documents is read in parts: LiteDB would keep the memory that they take.
/// </summary>
internal static class LiteQueries
{
    private const string Id = "$._id";

    public static BsonDocument? Find(this LiteEngine engine, string file, string collection, BsonValue id) =>
        Run(engine, file, collection, int.MaxValue, BsonExpression.Create(Id + " = @0", id)).SingleOrDefault();

    /// <summary>The first documents after an id, in the order of ids.</summary>
    public static List<BsonDocument> After(this LiteEngine engine, string file, string collection, BsonValue after, int limit) =>
        Run(engine, file, collection, limit, BsonExpression.Create(Id + " > @0", after));

    /// <summary>The document with the largest id; null where there is none.</summary>
    public static BsonDocument? Last(this LiteEngine engine, string file, string collection) =>
        Run(engine, file, collection, new() { OrderBy = Id, Order = Query.Descending, Limit = 1 }).SingleOrDefault();

    /// <summary>The documents with ids from one to another, both included.</summary>
    public static List<BsonDocument> Between(this LiteEngine engine, string file, string collection, BsonValue first, BsonValue last) =>
        Between(engine, file, collection, Id, first, last);

    /// <summary>The documents whose indexed expression is between two values, both included, in no order.</summary>
    public static List<BsonDocument> Between(this LiteEngine engine, string file, string collection, string indexed, BsonValue first, BsonValue last) =>
        Run(engine, file, collection, int.MaxValue, BsonExpression.Create(indexed + " BETWEEN @0 AND @1", first, last));

    /// <summary>Documents whose indexed expression has a value, in no order.</summary>
    public static List<BsonDocument> With(
        this LiteEngine engine, string file, string collection, string indexed, BsonValue value, int limit = int.MaxValue) =>
        Run(engine, file, collection, limit, BsonExpression.Create(indexed + " = @0", value));

    private static List<BsonDocument> Run(LiteEngine engine, string file, string collection, int limit, BsonExpression where)
    {
        var query = new Query { Limit = limit };
        query.Where.Add(where);
        return Run(engine, file, collection, query);
    }

    private static List<BsonDocument> Run(LiteEngine engine, string file, string collection, Query query)
    {
        var documents = new List<BsonDocument>();
        using var reader = engine.Query(collection, query);
        while (reader.Read())
            documents.Add(StoredDocument.Verify(file, collection, reader.Current.AsDocument));
        return documents;
    }
}
