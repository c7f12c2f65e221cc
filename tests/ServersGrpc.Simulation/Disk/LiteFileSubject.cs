using LiteDB;
using LiteDB.Engine;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Simulation.Disk;

/// <summary>
/// A <see cref="LiteFile"/> with two indexed collections. Each write is a transaction over several documents of both, up to some pages long;
/// its documents follow from its number.
/// </summary>
internal sealed class LiteFileSubject : ISubject
{
    private const string Name = "servers.litedb";
    private const string Things = "things";
    private const string Events = "events";
    private const string Group = "group";
    private const string Key = "key";
    private const string Body = "body";
    private const int Ids = 60;
    private const int Keys = 7;
    private const int EventsOfAGroup = 16;
    private const int GroupsOfEvents = 40;

    private readonly SortedDictionary<int, int> _things = [];
    private readonly SortedDictionary<int, int> _events = [];
    private LiteFile? _file;
    private int _group;
    private bool _isUnderWay;

    public long Acknowledged { get; private set; }

    public bool IsInCheckpoint { get; private set; }

    public void Open(IStoreDirectory directory) => _file = LiteFile.Open(directory, Name, Make, _ => { });

    public SubjectCheck Check()
    {
        var (things, events) = (Read(Things), Read(Events));
        var kept = _isUnderWay && events.ContainsValue(_group + 1);
        if (kept)
            Take(_group + 1);
        _isUnderWay = false;
        if (Difference(Things, things, _things) is { } thing)
            return new(thing, 0);
        return new(Difference(Events, events, _events), kept ? 1 : 0);
    }

    public void Work(Random random)
    {
        IsInCheckpoint = random.Next(20) == 0;
        if (IsInCheckpoint)
        {
            var drawn = random.Next(6);
            if (drawn == 0)
                _file!.CutLog();
            else if (drawn == 1)
                _file = _file!.Compact(Make, _ => { });
            else
                _file!.Checkpoint();
            IsInCheckpoint = false;
            return;
        }

        _isUnderWay = true;
        Write(_file!, _group + 1);
        Take(_group + 1);
        _isUnderWay = false;
        Acknowledged++;
    }

    public void Close()
    {
        _file!.Close();
        _file = null;
    }

    public void Drop()
    {
        _file?.Dispose();
        _file = null;
    }

    private static void Make(LiteEngine engine)
    {
        engine.EnsureIndex(Things, Key, BsonExpression.Create($"$.{Key}"), false);
        engine.EnsureIndex(Events, Key, BsonExpression.Create($"$.{Key}"), false);
    }

    private static void Write(LiteFile file, int group)
    {
        var (upserted, deleted, events) = PlanOf(group);
        var engine = file.Engine;
        engine.BeginTrans();
        engine.Upsert(Things, upserted.Select(id => Document(id, group, 12_000)), BsonAutoId.Int32);
        engine.Delete(Things, deleted.Select(id => new BsonValue(id)));
        engine.Insert(Events, events.Select(id => Document(id, group, 800)), BsonAutoId.Int32);
        engine.Delete(Events, Forgotten(group).Select(id => new BsonValue(id)));
        file.Commit();
    }

    private static (List<int> Upserted, List<int> Deleted, List<int> Events) PlanOf(int group)
    {
        var random = new Random(group);
        var upserted = Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(Ids)).Distinct().ToList();
        var deleted = random.Next(3) == 0 ? new List<int> { random.Next(Ids) } : [];
        return (upserted, deleted, [.. Enumerable.Range(group * EventsOfAGroup, random.Next(1, 9))]);
    }

    // All events that are too old, now and then.
    private static IEnumerable<int> Forgotten(int group) =>
        group % 20 == 0 ? Enumerable.Range(0, Math.Max(0, group - GroupsOfEvents) * EventsOfAGroup) : [];

    private static BsonDocument Document(int id, int group, int most) => new()
    {
        ["_id"] = id,
        [Key] = ((id * 31) + group) % Keys,
        [Group] = group,
        [Body] = BodyOf(id, group, most),
    };

    private static byte[] BodyOf(int id, int group, int most)
    {
        var random = new Random((id * 7919) + group);
        var body = new byte[random.Next(100, most)];
        random.NextBytes(body);
        return body;
    }

    private void Take(int group)
    {
        var (upserted, deleted, events) = PlanOf(group);
        upserted.ForEach(id => _things[id] = group);
        deleted.ForEach(id => _things.Remove(id));
        events.ForEach(id => _events[id] = group);
        foreach (var id in Forgotten(group))
            _events.Remove(id);
        _group = group;
    }

    /// <summary>The group of each document, read by its id and then by the second index.</summary>
    private SortedDictionary<int, int> Read(string collection)
    {
        var found = new SortedDictionary<int, int>();
        foreach (var document in Query(collection, null))
        {
            var (id, group) = (document["_id"].AsInt32, document[Group].AsInt32);
            var most = collection == Things ? 12_000 : 800;
            if (!document[Body].AsBinary.AsSpan().SequenceEqual(BodyOf(id, group, most)))
                throw new InvalidDataException($"document {id} of {collection} is spoiled");
            found.Add(id, group);
        }

        var indexed = Enumerable.Range(0, Keys).SelectMany(key => Query(collection, key)).Select(document => document["_id"].AsInt32);
        return indexed.Order().SequenceEqual(found.Keys)
            ? found
            : throw new InvalidDataException($"the index of {collection} differs from its documents");
    }

    private List<BsonDocument> Query(string collection, int? key)
    {
        var query = new Query();
        if (key is not null)
            query.Where.Add(BsonExpression.Create($"$.{Key} = @0", key.Value));
        using var reader = _file!.Engine.Query(collection, query);
        var documents = new List<BsonDocument>();
        while (reader.Read())
            documents.Add(reader.Current.AsDocument);
        return documents;
    }

    private static string? Difference(string collection, SortedDictionary<int, int> found, SortedDictionary<int, int> model)
    {
        if (found.SequenceEqual(model))
            return null;
        var (missing, wrong) = (model.Except(found).Take(5), found.Except(model).Take(5));
        return $"{collection}: missing {string.Join(' ', missing)}; found {string.Join(' ', wrong)}";
    }
}
