using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>What all things beside droplets have in common: to be listed, asked for and deleted.</summary>
/// <param name="singular">Their name in answers about one.</param>
/// <param name="plural">Their name in listings.</param>
/// <param name="find">A thing by what the path says.</param>
/// <param name="checkDelete">Throws where a thing can't be deleted.</param>
internal sealed class DigitalOceanThings(
    ResourceShelf shelf, string singular, string plural, Func<string, Resource?> find, Action<Resource> checkDelete)
{
    public CloudReply List(CloudCall call)
    {
        var query = call.Query();
        var name = plural == "volumes" ? query.Text("name") : null;
        var region = plural == "volumes" ? query.Text("region") : null;
        var found = shelf.All
            .Where(thing => name is null || thing.Name == name)
            .Where(thing => region is null || (string?)thing.Data["region"]?["slug"] == region)
            .ToList();
        return DigitalOceanPages.Reply(call, query, plural, found, thing => thing.Data.DeepClone(), ("name", name), ("region", region));
    }

    public CloudReply Get(CloudCall call) => CloudReply.Ok(new JsonObject { [singular] = Find(call).Data.DeepClone() });

    public CloudReply Delete(CloudCall call)
    {
        var thing = Find(call);
        checkDelete(thing);
        shelf.Remove(thing);
        return CloudReply.NoContent;
    }

    private Resource Find(CloudCall call) => find(call.Text("id")) ?? throw DigitalOceanErrors.NotFound;
}
