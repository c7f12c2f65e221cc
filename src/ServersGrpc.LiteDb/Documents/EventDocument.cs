using LiteDB;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Watch;

namespace ServersGrpc.LiteDb.Documents;

/// <summary>An event as a document.</summary>
internal static class EventDocument
{
    public const string Name = "name";

    /// <summary>The name of the index by which events are found.</summary>
    public const string ServerIndex = "server";

    /// <summary>What it holds: one index for the events of a name and for those of a server. No name has a slash.</summary>
    public const string Server = $"$.{Name}+'/'+$.{Uid}";

    private const string Uid = "uid";
    private const string Time = "time";
    private const string State = "state";
    private const string Change = "change";
    private const string After = "after";

    /// <param name="e">The event.</param>
    /// <param name="change">What watches are told of it; null: nothing.</param>
    /// <param name="after">The server as the change left it.</param>
    public static BsonDocument Write(ServerEvent e, ChangeType? change = null, string after = "")
    {
        var document = new BsonDocument { [StoredDocument.Id] = e.Revision, [Uid] = e.Uid, [Name] = e.Name };
        document.Put(Time, e.Time);
        document.Put(State, ServerStates.Name(e.State));
        document.Put("reason", e.Reason);
        document.Put("message", e.Message);
        document.Put("actor", e.Actor);
        document.Put("address", e.Address);
        document.Put("request_id", e.RequestId);
        document.Put(Change, change?.ToString() ?? "");
        document.Put(After, after);
        return document;
    }

    public static ServerEvent Read(BsonDocument document) => new(
        document[StoredDocument.Id].AsInt64, document.Text(Uid), document.Text(Name), TimeOf(document), ServerStates.Parse(document.Text(State)),
        document.Text("reason"), document.Text("message"), document.Text("actor"), document.Text("address"), document.Text("request_id"));

    /// <summary>What watches are told of the event; null: nothing.</summary>
    public static LoggedChange? ReadChange(BsonDocument document) => document.Text(Change) is { Length: > 0 } change
        ? new(
            document[StoredDocument.Id].AsInt64, document.Text(Uid), TimeOf(document), ServerStates.Parse(document.Text(State)), Enum.Parse<ChangeType>(change),
            LoggedServer.Read(document.Text(After)))
        : null;

    public static BsonValue ServerOf(string name, string uid) => $"{name}/{uid}";

    /// <summary>Before and after all servers of a name: "0" follows "/".</summary>
    public static (BsonValue First, BsonValue Last) ServersOf(string name) => ($"{name}/", $"{name}0");

    public static DateTimeOffset TimeOf(BsonDocument document) => document.Time(Time) ?? default;
}
