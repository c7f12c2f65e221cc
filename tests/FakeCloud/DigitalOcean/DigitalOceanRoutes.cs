using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Machines;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>The paths of the DigitalOcean API.</summary>
internal static class DigitalOceanRoutes
{
    public static void AddDigitalOcean(this IServiceCollection services) => services
        .AddSingleton<DigitalOceanCloud>()
        .AddSingleton<DigitalOceanShelves>()
        .AddSingleton<DropletViews>()
        .AddSingleton<DropletTags>()
        .AddSingleton<DropletCreate>()
        .AddSingleton<Droplets>()
        .AddSingleton<AssociatedResources>()
        .AddSingleton<DigitalOceanTeam>();

    public static void MapDigitalOcean(this WebApplication app)
    {
        var services = app.Services;
        var routes = new CloudRoutes(app, services.GetRequiredService<DigitalOceanCloud>(), "/v2");
        MapDroplets(routes, services);
        MapTags(routes, services.GetRequiredService<DropletTags>());
        MapTeam(routes, services);
        routes.Map("GET", "/sizes", "sizes.list", DigitalOceanOffers.Sizes);
        routes.Map("GET", "/regions", "regions.list", DigitalOceanOffers.Regions);
        routes.Map("GET", "/images", "images.list", DigitalOceanOffers.Images);
        routes.Map("GET", "/images/{image}", "images.get", DigitalOceanOffers.Image);
        routes.MapRest();
    }

    private static void MapDroplets(CloudRoutes routes, IServiceProvider services)
    {
        var droplets = services.GetRequiredService<Droplets>();
        services.GetRequiredService<Hypervisor>().Gone += droplets.Detach;
        routes.Map("GET", "/droplets", "droplets.list", droplets.List, CallKind.List);
        routes.Map("POST", "/droplets", "droplets.create", services.GetRequiredService<DropletCreate>().Create, CallKind.Create);
        routes.Map("DELETE", "/droplets", "droplets.deleteByTag", droplets.DeleteByTag, CallKind.Delete);
        routes.Map("GET", "/droplets/{id:long}", "droplets.get", droplets.Get, CallKind.Get);
        routes.Map("DELETE", "/droplets/{id:long}", "droplets.delete", droplets.Delete, CallKind.Delete);
        routes.Map("GET", "/droplets/{id:long}/actions", "droplets.actions", droplets.ListActions, CallKind.Poll);
        routes.Map("POST", "/droplets/{id:long}/actions", "droplets.act", droplets.Act);
        routes.Map("GET", "/droplets/{id:long}/actions/{action:long}", "droplets.action", droplets.GetAction, CallKind.Poll);
        routes.Map("GET", "/actions", "actions.list", droplets.ListAllActions, CallKind.Poll);
        routes.Map("GET", "/actions/{id:long}", "actions.get", droplets.GetAnyAction, CallKind.Poll);

        var associated = services.GetRequiredService<AssociatedResources>();
        const string Path = "/droplets/{id:long}/destroy_with_associated_resources";
        routes.Map("GET", Path, "droplets.associated", associated.List);
        routes.Map("DELETE", Path + "/selective", "droplets.deleteSelective", associated.DestroySome, CallKind.Delete);
        routes.Map("DELETE", Path + "/dangerous", "droplets.deleteDangerous", associated.DestroyAll, CallKind.Delete);
        routes.Map("GET", Path + "/status", "droplets.deleteStatus", associated.Status, CallKind.Poll);
    }

    private static void MapTags(CloudRoutes routes, DropletTags tags)
    {
        routes.Map("GET", "/tags", "tags.list", tags.List);
        routes.Map("POST", "/tags", "tags.create", tags.Create);
        routes.Map("GET", "/tags/{tag}", "tags.get", tags.Get);
        routes.Map("DELETE", "/tags/{tag}", "tags.delete", tags.Delete);
        routes.Map("POST", "/tags/{tag}/resources", "tags.tag", tags.TagResources);
        routes.Map("DELETE", "/tags/{tag}/resources", "tags.untag", tags.UntagResources);
    }

    private static void MapTeam(CloudRoutes routes, IServiceProvider services)
    {
        var shelves = services.GetRequiredService<DigitalOceanShelves>();
        var team = services.GetRequiredService<DigitalOceanTeam>();
        routes.Map("GET", "/account", "account.get", team.Account);
        Map("/account/keys", "keys", team.CreateKey, new(shelves.Keys, "ssh_key", "ssh_keys", team.FindKey, _ => { }));
        Map("/vpcs", "vpcs", team.CreateVpc, new(shelves.Vpcs, "vpc", "vpcs", shelves.Vpcs.Find, team.CheckDeleteVpc));
        Map("/firewalls", "firewalls", team.CreateFirewall, new(shelves.Firewalls, "firewall", "firewalls", shelves.Firewalls.Find, _ => { }));
        Map("/volumes", "volumes", team.CreateVolume, new(shelves.Volumes, "volume", "volumes", shelves.Volumes.Find, DigitalOceanTeam.CheckDeleteVolume));
        routes.Map("POST", "/volumes/{id}/actions", "volumes.act", team.ActOnVolume);
        foreach (var what in new[] { "droplets", "tags" })
        {
            routes.Map("POST", "/firewalls/{id}/" + what, "firewalls.extend", team.ExtendFirewall);
            routes.Map("DELETE", "/firewalls/{id}/" + what, "firewalls.reduce", team.ReduceFirewall);
        }

        void Map(string path, string name, Func<CloudCall, CloudReply> create, DigitalOceanThings things)
        {
            routes.Map("GET", path, $"{name}.list", things.List);
            routes.Map("POST", path, $"{name}.create", create);
            routes.Map("GET", path + "/{id}", $"{name}.get", things.Get);
            routes.Map("DELETE", path + "/{id}", $"{name}.delete", things.Delete);
        }
    }
}
