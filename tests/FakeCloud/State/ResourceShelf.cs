using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Billing;

namespace ServersGrpc.FakeCloud.State;

/// <summary>The things of one kind of one cloud, such as Hetzner's volumes. All needs the world's lock.</summary>
/// <param name="isBilled">They cost money as long as they are there.</param>
internal sealed class ResourceShelf(World world, Ledger ledger, string cloud, string kind, bool isBilled = false)
{
    /// <summary>The oldest first.</summary>
    public IEnumerable<Resource> All => world.Resources.All
        .Where(resource => resource.Cloud == cloud && resource.Kind == kind)
        .OrderBy(resource => resource.Id.Length).ThenBy(resource => resource.Id, StringComparer.Ordinal);

    /// <summary>By its id, whatever its capital letters.</summary>
    public Resource? Find(string id) => world.Resources.Find(Resource.KeyOf(cloud, kind, id));

    public Resource? Named(string name) => All.FirstOrDefault(resource => resource.Name == name);

    public Resource Add(string id, JsonObject data)
    {
        var resource = new Resource(cloud, kind, id, data);
        world.Resources.Save(resource.Key, resource);
        if (isBilled) ledger.Open(resource);
        return resource;
    }

    /// <summary>Changes a thing in place.</summary>
    public void Change(Resource resource, string field, JsonNode? value)
    {
        resource.Data[field] = value;
        world.Resources.Save(resource.Key, resource);
    }

    public void Remove(Resource resource)
    {
        world.Resources.Remove(resource.Key);
        if (isBilled) ledger.Close(resource);
    }
}
