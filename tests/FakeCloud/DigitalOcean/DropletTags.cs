using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>/tags: made when first used, with the capital letters of then.</summary>
internal sealed partial class DropletTags(World world, DigitalOceanShelves shelves)
{
    private const int MaxLength = 255;

    /// <summary>The tags of a body in their canonical form; what is wrong with them is among its problems.</summary>
    public List<string> Read(Fields body, string field = "tags")
    {
        var tags = body.Texts(field);
        foreach (var tag in tags.Where(tag => !IsTag(tag)))
            body.Refuse(field, $"has '{tag}': letters, numbers, colons, dashes and underscores, at most {MaxLength}");
        return [.. tags.Select(tag => Find(tag)?.Id ?? tag).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Makes those that are not there yet.</summary>
    public void Ensure(IEnumerable<string> tags)
    {
        foreach (var tag in tags)
        {
            if (Find(tag) is null) shelves.Tags.Add(tag, new JsonObject { ["name"] = tag });
        }
    }

    public CloudReply List(CloudCall call) =>
        DigitalOceanPages.Reply(call, call.Query(), "tags", [.. shelves.Tags.All], View);

    public CloudReply Get(CloudCall call) => CloudReply.Ok(new JsonObject { ["tag"] = View(Exact(call)) });

    public CloudReply Create(CloudCall call)
    {
        var body = call.Body();
        var name = body.RequiredText("name");
        if (name.Length > 0 && !IsTag(name)) body.Refuse("name", "is not a tag");
        body.End();
        Ensure([name]);
        return CloudReply.Created(new JsonObject { ["tag"] = View(Find(name)!) });
    }

    public CloudReply Delete(CloudCall call)
    {
        var tag = Exact(call);
        foreach (var machine in Tagged(tag.Id).ToList()) Untag(machine, tag.Id);
        shelves.Tags.Remove(tag);
        return CloudReply.NoContent;
    }

    public CloudReply TagResources(CloudCall call)
    {
        var tag = Exact(call);
        foreach (var machine in Resources(call).Where(machine => !machine.Tags.Contains(tag.Id)))
        {
            machine.Tags.Add(tag.Id);
            world.Machines.Save(machine);
        }

        return CloudReply.NoContent;
    }

    public CloudReply UntagResources(CloudCall call)
    {
        var tag = Exact(call);
        foreach (var machine in Resources(call)) Untag(machine, tag.Id);
        return CloudReply.NoContent;
    }

    private static bool IsTag(string tag) => tag.Length <= MaxLength && Tag().IsMatch(tag);

    private Resource? Find(string tag) => shelves.Tags.Find(tag);

    private Resource Exact(CloudCall call) => Find(call.Text("tag")) is { } tag && tag.Id == call.Text("tag") ? tag : throw DigitalOceanErrors.NotFound;

    private IEnumerable<Machine> Tagged(string tag) =>
        world.Machines.Living.Where(machine => machine.Cloud == DigitalOceanCloud.CloudName && machine.Tags.Contains(tag));

    private void Untag(Machine machine, string tag)
    {
        machine.Tags.Remove(tag);
        world.Machines.Save(machine);
    }

    private List<Machine> Resources(CloudCall call)
    {
        var body = call.Body();
        var machines = body.Objects("resources").ConvertAll(resource =>
        {
            var id = resource.IdOrName("resource_id");
            if (resource.RequiredText("resource_type") is not ("droplet" or "")) resource.Refuse("resource_type", "must be droplet here");
            resource.EndObject();
            return long.TryParse(id, out var number) ? world.Machines.Find(DigitalOceanCloud.CloudName, number) : null;
        });
        body.End();
        if (machines.Exists(machine => machine is not { Destroyed: null })) throw DigitalOceanErrors.NotFound;
        return [.. machines.OfType<Machine>()];
    }

    private JsonObject View(Resource tag)
    {
        var count = Tagged(tag.Id).Count();
        return new JsonObject
        {
            ["name"] = tag.Id,
            ["resources"] = new JsonObject { ["count"] = count, ["droplets"] = new JsonObject { ["count"] = count } },
        };
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_\-:]+\z")]
    private static partial Regex Tag();
}
