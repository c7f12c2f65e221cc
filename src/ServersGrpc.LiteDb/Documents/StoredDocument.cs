using System.IO.Hashing;
using System.Text;
using LiteDB;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.LiteDb.Documents;

/// <summary>
/// Documents with a sum. LiteDB may hand out a document that is not the one that was written, such as another's at its place; the sum is of the
/// collection too.
/// </summary>
internal static class StoredDocument
{
    public const string Id = "_id";

    private const string Sum = "sum";

    public static BsonDocument Seal(string collection, BsonDocument document)
    {
        document[Sum] = SumOf(collection, document);
        return document;
    }

    /// <exception cref="DamagedFileException">It is not what was written.</exception>
    public static BsonDocument Verify(string file, string collection, BsonDocument document)
    {
        var sum = document[Sum];
        document.Remove(Sum);
        return sum.IsInt64 && sum.AsInt64 == SumOf(collection, document)
            ? document
            : throw new DamagedFileException(file, $"document {document[Id]} of {collection} is not what was written");
    }

    public static DateTimeOffset? Time(this BsonDocument document, string field) =>
        document.TryGetValue(field, out var value) ? value.AsInt64.ToTime() : null;

    public static string Text(this BsonDocument document, string field) => document.TryGetValue(field, out var value) ? value.AsString : "";

    public static long Number(this BsonDocument document, string field) => document.TryGetValue(field, out var value) ? value.AsInt64 : 0;

    public static bool Flag(this BsonDocument document, string field) => document.ContainsKey(field);

    public static byte[] Bytes(this BsonDocument document, string field) => document.TryGetValue(field, out var value) ? value.AsBinary : [];

    // What is empty is left out: most fields of most servers are.
    public static void Put(this BsonDocument document, string field, string value)
    {
        if (value.Length > 0)
            document[field] = value;
    }

    public static void Put(this BsonDocument document, string field, long value)
    {
        if (value != 0)
            document[field] = value;
    }

    public static void Put(this BsonDocument document, string field, bool value)
    {
        if (value)
            document[field] = true;
    }

    public static void Put(this BsonDocument document, string field, DateTimeOffset? value)
    {
        if (value is { } time)
            document[field] = time.ToMilliseconds();
    }

    public static void Put(this BsonDocument document, string field, ReadOnlyMemory<byte> value)
    {
        if (value.Length > 0)
            document[field] = value.ToArray();
    }

    private static long SumOf(string collection, BsonDocument document) => unchecked((long)XxHash3.HashToUInt64(
        BsonSerializer.Serialize(document), unchecked((long)XxHash3.HashToUInt64(Encoding.ASCII.GetBytes(collection)))));
}
