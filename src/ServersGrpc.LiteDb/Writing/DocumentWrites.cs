using LiteDB;
using LiteDB.Engine;
using ServersGrpc.LiteDb.Documents;

namespace ServersGrpc.LiteDb.Writing;

/// <summary>What one transaction writes.</summary>
internal sealed class DocumentWrites
{
    private readonly List<(string Collection, BsonDocument Document, DocumentWrite Kind)> _documents = [];
    private readonly List<(string Collection, BsonValue Id)> _deletions = [];

    /// <summary>Where <see cref="CutTo"/> may go back to.</summary>
    public (int Documents, int Deletions) Mark => (_documents.Count, _deletions.Count);

    public bool IsEmpty => _documents.Count == 0 && _deletions.Count == 0;

    public bool HasDeletions => _deletions.Count > 0;

    public void Insert(string collection, BsonDocument document) => Add(collection, document, DocumentWrite.Insert);

    public void Update(string collection, BsonDocument document) => Add(collection, document, DocumentWrite.Update);

    /// <summary>Inserts a document, or writes it over the one with its id.</summary>
    public void Upsert(string collection, BsonDocument document) => Add(collection, document, DocumentWrite.Upsert);

    public void Delete(string collection, BsonValue id) => _deletions.Add((collection, id));

    public void CutTo((int Documents, int Deletions) mark)
    {
        _documents.RemoveRange(mark.Documents, _documents.Count - mark.Documents);
        _deletions.RemoveRange(mark.Deletions, _deletions.Count - mark.Deletions);
    }

    /// <summary>Writes all of it in the transaction of this thread. Each kind in one go: LiteDB looks its collection up once.</summary>
    /// <exception cref="InvalidOperationException">The database holds other documents than this process knows.</exception>
    public void WriteTo(LiteEngine engine)
    {
        foreach (var group in _documents.GroupBy(write => (write.Collection, write.Kind)))
        {
            var documents = group.Select(write => write.Document).ToList();
            var count = group.Key.Kind switch
            {
                DocumentWrite.Insert => engine.Insert(group.Key.Collection, documents, BsonAutoId.ObjectId),
                DocumentWrite.Update => engine.Update(group.Key.Collection, documents),
                _ => Upsert(engine, group.Key.Collection, documents),
            };
            Check(count, documents.Count, group.Key.Collection);
        }
        foreach (var group in _deletions.GroupBy(deletion => deletion.Collection))
        {
            var ids = group.Select(deletion => deletion.Id).ToList();
            Check(engine.Delete(group.Key, ids), ids.Count, group.Key);
        }
    }

    // It counts insertions only.
    private static int Upsert(LiteEngine engine, string collection, List<BsonDocument> documents)
    {
        engine.Upsert(collection, documents, BsonAutoId.ObjectId);
        return documents.Count;
    }

    private static void Check(int count, int expected, string collection)
    {
        if (count != expected)
            throw new InvalidOperationException($"The database took {count} of {expected} changes to {collection}: it holds other documents than were written.");
    }

    private void Add(string collection, BsonDocument document, DocumentWrite kind) => _documents.Add((collection, StoredDocument.Seal(collection, document), kind));
}
