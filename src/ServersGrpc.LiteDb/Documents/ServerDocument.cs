using LiteDB;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.LiteDb.Documents;

/// <summary>A server without its secrets, as a document.</summary>
internal static class ServerDocument
{
    public static BsonDocument Write(ServerRecord server)
    {
        var document = new BsonDocument { [StoredDocument.Id] = server.Uid };
        document.Put("name", server.Name);
        document.Put("provider", server.Provider);
        document.Put("state", ServerStates.Name(server.State));
        document.Put("instance_id", server.InstanceId);
        document.Put("image", server.Image);
        document.Put("region", server.Region);
        document.Put("size", server.Size);
        document.Put("platform", server.Platform);
        document.Put("address", server.Address);
        document.Put("capacity", server.Capacity);
        document.Put("error", server.Error);
        if (server.Placements.Count > 0)
            document["placements"] = new BsonArray(server.Placements.Select(place => new BsonArray(new BsonValue[] { place.Region, place.Size })));
        if (server.Labels.Count > 0)
            document["labels"] = new BsonArray(server.Labels.Select(label => new BsonArray(new BsonValue[] { label.Key, label.Value })));
        document.Put("owner", server.Owner);
        document.Put("request_id", server.RequestId);
        document.Put("cause", server.Cause);
        document.Put("created", server.Created);
        document.Put("updated", server.Updated);
        document.Put("entered", server.Entered);
        document.Put("started", server.Started);
        document.Put("stopped", server.Stopped);
        document.Put("version", server.Version);
        document.Put("revision", server.Revision);
        document.Put("create_is_open", server.CreateIsOpen);
        document.Put("opened", server.Opened);
        document.Put("attempts", server.Attempts);
        document.Put("probes", server.Probes);
        document.Put("deadline", server.Deadline);
        document.Put("absent_since", server.AbsentSince);
        document.Put("wake_at", server.WakeAt);
        document.Put("scheduled", server.Scheduled);
        document.Put("lease_owner", server.LeaseOwner ?? "");
        document.Put("lease_until", server.LeaseUntil);
        document.Put("expiry_told", server.ExpiryTold);
        return document;
    }

    /// <summary>Reads a server; its secrets are to be added.</summary>
    public static ServerRecord Read(BsonDocument document) => new()
    {
        Uid = document[StoredDocument.Id].AsString,
        Name = document.Text("name"),
        Provider = document.Text("provider"),
        State = ServerStates.Parse(document.Text("state")),
        InstanceId = document.Text("instance_id"),
        Image = document.Text("image"),
        Region = document.Text("region"),
        Size = document.Text("size"),
        Platform = document.Text("platform"),
        Address = document.Text("address"),
        Capacity = (int)document.Number("capacity"),
        Error = document.Text("error"),
        Placements = document.TryGetValue("placements", out var places)
            ? [.. places.AsArray.Select(place => new Placement(place[0].AsString, place[1].AsString))]
            : [],
        Labels = document.TryGetValue("labels", out var labels)
            ? labels.AsArray.ToDictionary(label => label[0].AsString, label => label[1].AsString)
            : ServerRecord.EmptyLabels,
        Owner = document.Text("owner"),
        RequestId = document.Text("request_id"),
        Cause = document.Text("cause"),
        Created = document.Time("created") ?? default,
        Updated = document.Time("updated") ?? default,
        Entered = document.Time("entered") ?? default,
        Started = document.Time("started"),
        Stopped = document.Time("stopped"),
        Version = document.Number("version"),
        Revision = document.Number("revision"),
        CreateIsOpen = document.Flag("create_is_open"),
        Opened = document.Time("opened"),
        Attempts = (int)document.Number("attempts"),
        Probes = (int)document.Number("probes"),
        Deadline = document.Time("deadline"),
        AbsentSince = document.Time("absent_since"),
        WakeAt = document.Time("wake_at"),
        Scheduled = document.Time("scheduled") ?? default,
        LeaseOwner = document.Text("lease_owner") is { Length: > 0 } owner ? owner : null,
        LeaseUntil = document.Time("lease_until"),
        ExpiryTold = document.Flag("expiry_told"),
        Credentials = ServerCredentials.None,
    };
}
