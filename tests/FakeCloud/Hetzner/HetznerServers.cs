using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>/servers but for the creating of them.</summary>
internal sealed partial class HetznerServers(World world, Hypervisor hypervisor, HetznerShelves shelves, HetznerViews views)
{
    private static readonly Dictionary<string, string> ActionCommands = new()
    {
        ["poweron"] = "start_server",
        ["poweroff"] = "stop_server",
        ["shutdown"] = "shutdown_server",
        ["reboot"] = "reboot_server",
        ["reset"] = "reset_server",
    };

    public static bool IsHostname(string name) => name.Length <= 253 && Hostname().IsMatch(name);

    public CloudReply List(CloudCall call)
    {
        var query = call.Query();
        var name = query.Text("name");
        var fits = LabelSelector.Parse(query.Text("label_selector"));
        var status = query.All("status");
        var sorts = query.All("sort");
        IEnumerable<Machine> servers = world.Machines.Listed(HetznerCloud.CloudName)
            .Where(server => (name is null || server.Name == name) && fits(server.Labels))
            .Where(server => status.Count == 0 || status.Contains(HetznerViews.Status(server, call.Now)));
        foreach (var sort in sorts.Reverse()) servers = Sort(servers, sort, query);
        return HetznerPages.Reply(call, query, "servers", [.. servers], views.Server);
    }

    public CloudReply Get(CloudCall call)
    {
        call.Query().End();
        if (call.Fault(FaultKind.NotFoundEarly) is { } hidden && world.Machines.Find(HetznerCloud.CloudName, call.Id) is { } machine)
        {
            machine.HiddenUntil = call.Now + hidden.Duration;
            world.Machines.Save(machine);
        }

        return CloudReply.Ok(new JsonObject { ["server"] = views.Server(Find(call)) });
    }

    public CloudReply Update(CloudCall call)
    {
        var server = Find(call);
        var body = call.Body();
        var name = body.Text("name");
        var labels = HetznerLabels.Read(body);
        if (name is not null && !IsHostname(name)) body.Refuse("name", "is not a valid hostname");
        body.End();
        if (name is not null && name != server.Name && IsTaken(name)) throw HetznerErrors.NotUnique("server", "name");
        server.Name = name ?? server.Name;
        server.Labels = labels ?? server.Labels;
        world.Machines.Save(server);
        return CloudReply.Ok(new JsonObject { ["server"] = views.Server(server) });
    }

    public CloudReply Delete(CloudCall call)
    {
        var server = Unlocked(call);
        var action = hypervisor.Begin(server, "delete_server");
        hypervisor.Destroy(call, server, lingers: TimeSpan.Zero);
        return CloudReply.Ok(new JsonObject { ["action"] = views.Action(action) });
    }

    public CloudReply Act(CloudCall call)
    {
        if (!ActionCommands.TryGetValue(call.Text("action"), out var command)) throw HetznerErrors.NotFound("action");
        var server = Unlocked(call);
        call.OptionalBody()?.End();
        if (command is not "reboot_server" and not "reset_server")
            hypervisor.Switch(server, isOn: command == "start_server");
        else if (server.IsOn)
            hypervisor.Switch(server, isOn: true);
        return CloudReply.Created(new JsonObject { ["action"] = views.Action(hypervisor.Begin(server, command)) });
    }

    /// <summary>Whether a server has this name, found or not.</summary>
    public bool IsTaken(string name) => world.Machines.Living.Any(machine => machine.Cloud == HetznerCloud.CloudName && machine.Name == name);

    /// <summary>What a server leaves behind when it is gone.</summary>
    public void Detach(Machine server)
    {
        if (server.Cloud != HetznerCloud.CloudName) return;
        foreach (var volume in views.VolumesOf(server).ToList())
        {
            shelves.Volumes.Change(volume, "server", value: null);
            shelves.Volumes.Change(volume, "linux_device", value: $"/dev/disk/by-id/scsi-0HC_Volume_{volume.Id}");
        }

        var details = ServerDetails.Of(server);
        foreach (var id in new[] { details.IPv4, details.IPv6 }.OfType<long>())
        {
            if (shelves.PrimaryIps.Find($"{id}") is not { } address) continue;
            if ((bool)address.Data["auto_delete"]!)
            {
                shelves.PrimaryIps.Remove(address);
            }
            else
            {
                shelves.PrimaryIps.Change(address, "assignee_id", value: null);
                shelves.PrimaryIps.Change(address, "assignee_type", value: "unassigned");
            }
        }
    }

    public Machine Find(CloudCall call) =>
        world.Machines.Find(HetznerCloud.CloudName, call.Id) is { } server && server.IsFound(call.Now)
            ? server
            : throw HetznerErrors.NotFound("server", call.Id);

    /// <summary>The server, if no action runs that locks it.</summary>
    private Machine Unlocked(CloudCall call)
    {
        var server = Find(call);
        return call.Now >= server.StartsAt ? server : throw HetznerErrors.Locked("server");
    }

    private static IEnumerable<Machine> Sort(IEnumerable<Machine> servers, string sort, QueryFields query)
    {
        var parts = sort.Split(':');
        Func<Machine, IComparable> key = server => server.Id;
        switch (parts[0])
        {
            case "id":
                break;
            case "name":
                key = server => server.Name;
                break;
            case "created":
                key = server => server.Created;
                break;
            default:
                query.Refuse("sort", "unknown field");
                break;
        }

        if (parts is [_, not ("asc" or "desc")] or [_, _, _, ..]) query.Refuse("sort", "unknown direction");
        return parts is [_, "desc"] ? servers.OrderByDescending(key) : servers.OrderBy(key);
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\z")]
    private static partial Regex Hostname();
}
