using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.Engine.Providers.Cloud;

namespace ServersGrpc.Engine.Providers.DigitalOcean;

/// <summary>
/// The calls of DigitalOcean's API. Names are not unique there: the tag with the uid tells a server's machine. Volumes outlive their
/// machine; they are named after the uid, since volumes can't be listed by tag.
/// </summary>
internal sealed class DigitalOceanCloud(DigitalOceanOptions options, string installationId, CloudClient client) : ICloud
{
    public string Name => "digitalocean";

    public bool NamesAreUnique => false;

    public CloudOptions Options => options;

    public DateTimeOffset Now => client.Now;

    public ProviderDefaults Defaults { get; } = new(options.Image, options.Region, options.Size, options.Platform);

    public async Task<CloudMachine?> GetMachineAsync(long id, CancellationToken cancellationToken) =>
        await client.FindAsync($"/droplets/{id}", cancellationToken) is { } body
            ? client.Read(body, root => ReadDroplet(root.GetProperty("droplet")))
            : null;

    /// <summary>Whether the cloud leaves droplets of this size out of its listings: they would never be found again.</summary>
    public static bool IsUnlisted(string size) => size.StartsWith("gpu-", StringComparison.OrdinalIgnoreCase);

    public async Task<IReadOnlyList<CloudMachine>> FindMachinesAsync(string uid, CancellationToken cancellationToken) =>
        [.. (await ListDropletsAsync(DigitalOceanTags.OfUid(uid), cancellationToken)).Where(machine => machine.Uid == uid)];

    public Task<IReadOnlyList<CloudMachine>> ListMachinesAsync(CancellationToken cancellationToken) =>
        ListDropletsAsync(DigitalOceanTags.OfInstallation(installationId), cancellationToken);

    public async Task<CloudOrder> OrderMachineAsync(
        InstanceSpec spec, string userData, CloudExtra? volume, CancellationToken cancellationToken)
    {
        if (IsUnlisted(spec.Size))
        {
            throw new ProviderException(
                ProviderFault.Rejected, $"The size {spec.Size} has a GPU; such droplets can't be listed by tag, so they are not made.");
        }
        var body = new JsonObject
        {
            ["name"] = spec.Name,
            ["region"] = spec.Region,
            ["size"] = spec.Size,
            ["image"] = IdOrText(spec.Image),
            ["user_data"] = userData,
            ["tags"] = DigitalOceanTags.Of(spec, installationId, options.Tags),
            ["ipv6"] = options.IPv6,
            ["monitoring"] = options.Monitoring,
            ["public_networking"] = options.PublicNetworking,
        };
        if (options.SshKeys.Count > 0)
            body["ssh_keys"] = new JsonArray([.. options.SshKeys.Select(IdOrText)]);
        if (options.Vpc.Length > 0)
            body["vpc_uuid"] = options.Vpc;
        if (volume is not null)
            body["volumes"] = new JsonArray(volume.Id);
        var reply = await client.SendAsync(HttpMethod.Post, "/droplets", body, cancellationToken);
        return client.Read(reply.RequiredOfCreate(), root => new CloudOrder(
            ReadDroplet(root.GetProperty("droplet")),
            [.. root.GetProperty("links").GetProperty("actions").EnumerateArray().Select(ReadActionLink)]));
    }

    public Task DeleteMachineAsync(long id, CancellationToken cancellationToken) => client.DeleteAsync($"/droplets/{id}", cancellationToken);

    public async Task<CloudAction> GetActionAsync(long id, CancellationToken cancellationToken) =>
        client.Read(await client.GetAsync($"/actions/{id}", cancellationToken), root => ReadAction(root.GetProperty("action")));

    public async Task<IReadOnlyList<CloudExtra>> FindExtrasAsync(string uid, CancellationToken cancellationToken) =>
        [.. (await ListVolumesAsync($"/volumes?name={VolumeName(uid)}", cancellationToken)).Where(volume => volume.Uid == uid)];

    public Task<IReadOnlyList<CloudExtra>> ListExtrasAsync(CancellationToken cancellationToken) => ListVolumesAsync("/volumes", cancellationToken);

    public async Task<(CloudExtra Volume, IReadOnlyList<CloudAction> Actions)> CreateVolumeAsync(
        InstanceSpec spec, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["name"] = VolumeName(spec.Uid),
            ["size_gigabytes"] = options.VolumeSize,
            ["region"] = spec.Region,
            ["filesystem_type"] = "ext4",
            ["tags"] = DigitalOceanTags.Of(spec, installationId, options.Tags),
        };
        var reply = await client.SendAsync(HttpMethod.Post, "/volumes", body, cancellationToken);
        return (client.Read(reply.RequiredOfCreate(), root => ReadVolume(root.GetProperty("volume"))), []);
    }

    public Task DeleteExtraAsync(CloudExtra extra, CancellationToken cancellationToken) => client.DeleteAsync($"/volumes/{extra.Id}", cancellationToken);

    private async Task<IReadOnlyList<CloudMachine>> ListDropletsAsync(string tag, CancellationToken cancellationToken)
    {
        var droplets = await client.ListAsync($"/droplets?tag_name={Uri.EscapeDataString(tag)}", "droplets", ReadDroplet, cancellationToken);
        return [.. droplets.Where(droplet => droplet.InstallationId == installationId)];
    }

    private async Task<IReadOnlyList<CloudExtra>> ListVolumesAsync(string path, CancellationToken cancellationToken) =>
        [.. (await client.ListAsync(path, "volumes", ReadVolume, cancellationToken)).Where(volume => volume.InstallationId == installationId)];

    private CloudMachine ReadDroplet(JsonElement droplet)
    {
        var (owner, uid, name) = DigitalOceanTags.Read(droplet);
        return new(
            droplet.GetProperty("id").GetInt64(),
            owner,
            uid,
            name.Length > 0 ? name : droplet.GetProperty("name").GetString()!,
            Address(droplet.GetProperty("networks")),
            droplet.GetProperty("created_at").GetDateTimeOffset(),
            IsLeaving: false);
    }

    private string Address(JsonElement networks)
    {
        var type = options.PrivateAddress ? "private" : "public";
        return Addresses("v4").Concat(Addresses("v6")).FirstOrDefault() ?? "";

        IEnumerable<string?> Addresses(string version) =>
            networks.TryGetProperty(version, out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray()
                    .Where(network => network.GetProperty("type").GetString() == type)
                    .Select(network => network.GetProperty("ip_address").GetString())
                : [];
    }

    private static CloudExtra ReadVolume(JsonElement volume)
    {
        var (owner, uid, name) = DigitalOceanTags.Read(volume);
        var droplets = volume.GetProperty("droplet_ids") is { ValueKind: JsonValueKind.Array } ids
            ? ids.EnumerateArray().Select(id => id.GetInt64()).ToList()
            : [];
        return new(
            CloudExtra.Volume,
            volume.GetProperty("id").GetString()!,
            owner,
            uid,
            name,
            volume.GetProperty("region").GetProperty("slug").GetString()!,
            droplets.Count > 0 ? droplets[0] : null,
            volume.GetProperty("created_at").GetDateTimeOffset());
    }

    private static CloudAction ReadActionLink(JsonElement link) => new(link.GetProperty("id").GetInt64(), IsRunning: true, Error: null);

    private static CloudAction ReadAction(JsonElement action)
    {
        var status = action.GetProperty("status").GetString();
        var error = status == "errored"
            ? new CloudError(
                "errored", $"{action.GetProperty("type").GetString()}: the cloud says that it failed, and not why.", ProviderFault.Transient)
            : null;
        return new(action.GetProperty("id").GetInt64(), status == "in-progress", error);
    }

    // It must begin with a letter, and has at most 64 characters.
    private static string VolumeName(string uid) => $"servers-{uid}";

    // The API tells them apart by their JSON types.
    private static JsonNode IdOrText(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? JsonValue.Create(id) : JsonValue.Create(text);
}
