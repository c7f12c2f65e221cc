using System.Globalization;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>/actions, /servers/actions and /servers/{id}/actions.</summary>
internal sealed class HetznerActions(World world, HetznerServers servers, HetznerViews views)
{
    /// <summary>Only actions whose ids are given: the listing of all was removed.</summary>
    public CloudReply GetMany(CloudCall call)
    {
        var query = call.Query();
        var ids = query.All("id");
        if (ids.Count == 0) throw HetznerErrors.Deprecated("2023-07-20-actions-list-endpoint-is-deprecated");
        return Reply(call, query, ids.Select(Find).OfType<CloudAction>());
    }

    public CloudReply Get(CloudCall call)
    {
        call.Query().End();
        var action = Find(call.Text("id")) ?? throw HetznerErrors.NotFound("action", call.Id);
        return CloudReply.Ok(new JsonObject { ["action"] = views.Action(action) });
    }

    public CloudReply List(CloudCall call) =>
        Reply(call, call.Query(), world.Actions.All.Where(action => action.Cloud == HetznerCloud.CloudName));

    public CloudReply ListOfServer(CloudCall call)
    {
        var server = servers.Find(call);
        return Reply(call, call.Query(), ActionsOf(server));
    }

    public CloudReply GetOfServer(CloudCall call)
    {
        var server = servers.Find(call);
        var action = ActionsOf(server).FirstOrDefault(action => $"{action.Id}" == call.Text("action"));
        return CloudReply.Ok(new JsonObject
        {
            ["action"] = views.Action(action ?? throw HetznerErrors.NotFound("action", call.Text("action"))),
        });
    }

    private CloudReply Reply(CloudCall call, QueryFields query, IEnumerable<CloudAction> actions)
    {
        var status = query.All("status");
        var sort = query.Text("sort") ?? "id:asc";
        if (sort is not ("id" or "id:asc" or "id:desc")) query.Refuse("sort", "is not supported here");
        var fitting = actions.Where(action => status.Count == 0 || status.Contains((string)views.Action(action)["status"]!));
        fitting = sort == "id:desc" ? fitting.OrderByDescending(action => action.Id) : fitting.OrderBy(action => action.Id);
        return HetznerPages.Reply(call, query, "actions", [.. fitting], views.Action);
    }

    private IEnumerable<CloudAction> ActionsOf(Machine server) =>
        world.Actions.All.Where(action => action.Cloud == HetznerCloud.CloudName && action.Machine == server.Id);

    private CloudAction? Find(string id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? world.Actions.Find(CloudAction.KeyOf(HetznerCloud.CloudName, number))
        : null;
}
