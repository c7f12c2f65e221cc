using LiteDB;
using ServersGrpc.LiteDb.Documents;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Simulation.Disk;

namespace ServersGrpc.Tests.LiteDb.Reading;

public sealed class EventIndexTests : IDisposable
{
    private readonly LiteFile _file = LiteFile.Open(new SimulatedDisk(1), "test.litedb", Collections.Make, _ => { });

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData(Collections.Events, EventDocument.Server + " = @0", EventDocument.ServerIndex)]
    [InlineData(Collections.Events, EventDocument.Server + " BETWEEN @0 AND @1", EventDocument.ServerIndex)]
    [InlineData(Collections.Notes, "$." + EventDocument.Name + " = @0", EventDocument.Name)]
    [InlineData(Collections.Purged, "$." + PurgedDocument.Uid + " = @0", PurgedDocument.Uid)]
    // The opposite: what has no index is looked for in all documents.
    [InlineData(Collections.Events, "$.uid = @0", "_id")]
    public void Query_OfEvents_GoesByItsIndex(string collection, string where, string index)
    {
        var query = new Query { ExplainPlan = true };
        query.Where.Add(BsonExpression.Create(where, "a", "b"));

        using var reader = _file.Engine.Query(collection, query);

        Assert.True(reader.Read());
        Assert.Equal(index, reader.Current["index"]["name"].AsString);
    }
}
