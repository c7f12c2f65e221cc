using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>The paths of the Hetzner Cloud API.</summary>
internal static class HetznerRoutes
{
    public static void AddHetzner(this IServiceCollection services) => services
        .AddSingleton<HetznerCloud>()
        .AddSingleton<HetznerShelves>()
        .AddSingleton<HetznerViews>()
        .AddSingleton<HetznerServers>()
        .AddSingleton<HetznerCreate>()
        .AddSingleton<HetznerActions>()
        .AddSingleton<HetznerPrimaryIps>()
        .AddSingleton<HetznerVolumes>()
        .AddSingleton<HetznerProject>();

    public static void MapHetzner(this WebApplication app)
    {
        var services = app.Services;
        var routes = new CloudRoutes(app, services.GetRequiredService<HetznerCloud>(), "/v1");
        var (servers, create) = (services.GetRequiredService<HetznerServers>(), services.GetRequiredService<HetznerCreate>());
        services.GetRequiredService<Hypervisor>().Gone += servers.Detach;
        routes.Map("GET", "/servers", "servers.list", servers.List, CallKind.List);
        routes.Map("POST", "/servers", "servers.create", create.Create, CallKind.Create);
        routes.Map("GET", "/servers/{id:long}", "servers.get", servers.Get, CallKind.Get);
        routes.Map("PUT", "/servers/{id:long}", "servers.update", servers.Update);
        routes.Map("DELETE", "/servers/{id:long}", "servers.delete", servers.Delete, CallKind.Delete);
        routes.Map("POST", "/servers/{id:long}/actions/{action}", "servers.act", servers.Act);

        var actions = services.GetRequiredService<HetznerActions>();
        routes.Map("GET", "/actions", "actions.list", actions.GetMany, CallKind.Poll);
        routes.Map("GET", "/actions/{id:long}", "actions.get", actions.Get, CallKind.Poll);
        routes.Map("GET", "/servers/actions", "actions.list", actions.List, CallKind.Poll);
        routes.Map("GET", "/servers/actions/{id:long}", "actions.get", actions.Get, CallKind.Poll);
        routes.Map("GET", "/servers/{id:long}/actions", "servers.actions", actions.ListOfServer, CallKind.Poll);
        routes.Map("GET", "/servers/{id:long}/actions/{action:long}", "servers.action", actions.GetOfServer, CallKind.Poll);

        MapOffers(routes);
        MapThings(routes, services);
        routes.MapRest();
    }

    private static void MapOffers(CloudRoutes routes)
    {
        Map("locations", "location", HetznerCatalog.Locations);
        Map("datacenters", "datacenter", HetznerCatalog.Datacenters);
        Map("server_types", "server_type", HetznerCatalog.ServerTypes);
        routes.Map("GET", "/images", "images.list", HetznerOffers.Images);
        routes.Map("GET", "/images/{id:long}", "images.get", HetznerOffers.Get("image", HetznerCatalog.Images));
        routes.Map("GET", "/pricing", "pricing.get", HetznerOffers.Pricing);

        void Map(string plural, string singular, IReadOnlyList<JsonObject> entries)
        {
            routes.Map("GET", $"/{plural}", $"{plural}.list", HetznerOffers.List(plural, entries));
            routes.Map("GET", $"/{plural}/{{id:long}}", $"{plural}.get", HetznerOffers.Get(singular, entries));
        }
    }

    private static void MapThings(CloudRoutes routes, IServiceProvider services)
    {
        var shelves = services.GetRequiredService<HetznerShelves>();
        var project = services.GetRequiredService<HetznerProject>();
        var volumes = services.GetRequiredService<HetznerVolumes>();
        var primaryIps = services.GetRequiredService<HetznerPrimaryIps>();
        Map("ssh_keys", project.CreateSshKey, new(shelves.SshKeys, "ssh_key", "ssh_keys", Data, _ => { }));
        Map("networks", project.CreateNetwork, new(shelves.Networks, "network", "networks", project.NetworkView, project.CheckDeleteNetwork));
        Map("firewalls", project.CreateFirewall, new(shelves.Firewalls, "firewall", "firewalls", project.FirewallView, project.CheckDeleteFirewall));
        Map("volumes", volumes.Create, new(shelves.Volumes, "volume", "volumes", Data, HetznerVolumes.CheckDelete));
        Map("primary_ips", primaryIps.Create, new(shelves.PrimaryIps, "primary_ip", "primary_ips", Data, primaryIps.CheckDelete));
        routes.Map("POST", "/volumes/{id:long}/actions/attach", "volumes.attach", volumes.AttachTo);
        routes.Map("POST", "/volumes/{id:long}/actions/detach", "volumes.detach", volumes.Detach);

        static JsonObject Data(Resource thing) => thing.Data.DeepClone().AsObject();

        void Map(string plural, Func<CloudCall, CloudReply> create, HetznerThings things)
        {
            routes.Map("GET", $"/{plural}", $"{plural}.list", things.List);
            routes.Map("POST", $"/{plural}", $"{plural}.create", create);
            routes.Map("GET", $"/{plural}/{{id:long}}", $"{plural}.get", things.Get);
            routes.Map("PUT", $"/{plural}/{{id:long}}", $"{plural}.update", things.Update);
            routes.Map("DELETE", $"/{plural}/{{id:long}}", $"{plural}.delete", things.Delete);
        }
    }
}
