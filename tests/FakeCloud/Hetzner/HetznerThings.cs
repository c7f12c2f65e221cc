using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>What all things beside servers have in common: to be listed, asked for, relabeled and deleted.</summary>
/// <param name="singular">Their name in answers about one.</param>
/// <param name="plural">Their name in the path, and in listings.</param>
/// <param name="view">A thing as it is answered.</param>
/// <param name="checkDelete">Throws where a thing can't be deleted.</param>
internal sealed class HetznerThings(
    ResourceShelf shelf, string singular, string plural, Func<Resource, JsonObject> view, Action<Resource> checkDelete)
{
    public CloudReply List(CloudCall call)
    {
        var query = call.Query();
        var name = query.Text("name");
        var fits = LabelSelector.Parse(query.Text("label_selector"));
        if (query.Text("sort") is not (null or "id" or "id:asc" or "name" or "name:asc")) query.Refuse("sort", "is not supported here");
        foreach (var filter in Filters(plural))
        {
            if (query.Text(filter) is not null) query.Refuse(filter, "is not supported here");
        }

        var found = shelf.All.Where(thing => (name is null || thing.Name == name) && fits(LabelsOf(thing))).ToList();
        return HetznerPages.Reply(call, query, plural, found, view);
    }

    public CloudReply Get(CloudCall call) => Reply(Find(call));

    public CloudReply Update(CloudCall call)
    {
        var thing = Find(call);
        var body = call.Body();
        var name = body.Text("name");
        var labels = HetznerLabels.Read(body);
        var autoDelete = plural == "primary_ips" ? body.Flag("auto_delete") : null;
        body.End();
        if (name is not null && shelf.Named(name) is { } other && other.Id != thing.Id) throw HetznerErrors.NotUnique(singular, "name");
        if (name is not null) shelf.Change(thing, "name", name);
        if (labels is not null) shelf.Change(thing, "labels", HetznerViews.LabelsOf(labels));
        if (autoDelete is not null) shelf.Change(thing, "auto_delete", autoDelete);
        return Reply(thing);
    }

    public CloudReply Delete(CloudCall call)
    {
        var thing = Find(call);
        checkDelete(thing);
        shelf.Remove(thing);
        return CloudReply.NoContent;
    }

    private static string[] Filters(string plural) => plural switch
    {
        "primary_ips" => ["ip"],
        "ssh_keys" => ["fingerprint"],
        "volumes" => ["status"],
        _ => [],
    };

    private static Dictionary<string, string> LabelsOf(Resource thing) =>
        thing.Data["labels"]!.AsObject().ToDictionary(label => label.Key, label => (string)label.Value!);

    private CloudReply Reply(Resource thing) => CloudReply.Ok(new JsonObject { [singular] = view(thing) });

    private Resource Find(CloudCall call) => shelf.Find(call.Text("id")) ?? throw HetznerErrors.NotFound(singular, call.Id);
}
