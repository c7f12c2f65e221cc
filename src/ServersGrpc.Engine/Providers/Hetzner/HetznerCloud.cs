using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.Engine.Providers.Cloud;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers.Hetzner;

/// <summary>
/// The calls of Hetzner Cloud's API. Names are unique in a project, so the name is the key that makes a create safe to repeat. Volumes and
/// primary IPs outlive their server.
/// </summary>
internal sealed class HetznerCloud(HetznerOptions options, string installationId, CloudClient client) : ICloud
{
    private const string PrimaryIp = "primary-ip";

    public string Name => "hetznercloud";

    public bool NamesAreUnique => true;

    public CloudOptions Options => options;

    public DateTimeOffset Now => client.Now;

    public ProviderDefaults Defaults { get; } = new(options.Image, options.Location, options.ServerType, options.Platform);

    public async Task<CloudMachine?> GetMachineAsync(long id, CancellationToken cancellationToken) =>
        await client.FindAsync($"/servers/{id}", cancellationToken) is { } body
            ? client.Read(body, root => ReadServer(root.GetProperty("server")))
            : null;

    public Task<IReadOnlyList<CloudMachine>> FindMachinesAsync(string uid, CancellationToken cancellationToken) =>
        ListServersAsync(HetznerLabels.SelectorOf(installationId, uid), cancellationToken);

    public Task<IReadOnlyList<CloudMachine>> ListMachinesAsync(CancellationToken cancellationToken) =>
        ListServersAsync(HetznerLabels.SelectorOf(installationId), cancellationToken);

    public async Task<CloudOrder> OrderMachineAsync(
        InstanceSpec spec, string userData, CloudExtra? volume, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["name"] = spec.Name,
            ["server_type"] = IdOrName(spec.Size),
            ["image"] = IdOrName(spec.Image),
            ["location"] = spec.Region,
            ["start_after_create"] = true,
            ["user_data"] = userData,
            ["labels"] = HetznerLabels.Of(spec, installationId),
            ["public_net"] = new JsonObject { ["enable_ipv4"] = options.IPv4, ["enable_ipv6"] = options.IPv6 },
        };
        if (options.SshKeys.Count > 0)
            body["ssh_keys"] = new JsonArray([.. options.SshKeys.Select(IdOrName)]);
        if (options.Networks.Count > 0)
            body["networks"] = new JsonArray([.. options.Networks.Select(IdOrName)]);
        if (options.Firewalls.Count > 0)
            body["firewalls"] = new JsonArray([.. options.Firewalls.Select(id => new JsonObject { ["firewall"] = IdOrName(id) })]);
        if (volume is not null)
            (body["volumes"], body["automount"]) = (new JsonArray(IdOrName(volume.Id)), true);

        var reply = await client.SendAsync(HttpMethod.Post, "/servers", body, cancellationToken);
        if (reply.Error is { Code: "uniqueness_error" })
            return new(await FindHolderAsync(spec, reply, cancellationToken), []);
        return client.Read(reply.RequiredOfCreate(), root => new CloudOrder(
            ReadServer(root.GetProperty("server")), ReadActions(root)));
    }

    public Task DeleteMachineAsync(long id, CancellationToken cancellationToken) => client.DeleteAsync($"/servers/{id}", cancellationToken);

    public async Task<CloudAction> GetActionAsync(long id, CancellationToken cancellationToken) =>
        client.Read(await client.GetAsync($"/actions/{id}", cancellationToken), root => ReadAction(root.GetProperty("action")));

    public Task<IReadOnlyList<CloudExtra>> FindExtrasAsync(string uid, CancellationToken cancellationToken) =>
        ListExtrasAsync(HetznerLabels.SelectorOf(installationId, uid), cancellationToken);

    public Task<IReadOnlyList<CloudExtra>> ListExtrasAsync(CancellationToken cancellationToken) =>
        ListExtrasAsync(HetznerLabels.SelectorOf(installationId), cancellationToken);

    public async Task<(CloudExtra Volume, IReadOnlyList<CloudAction> Actions)> CreateVolumeAsync(
        InstanceSpec spec, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            // Not the server's name: a volume of an earlier server of that name may still be on its way out.
            ["name"] = $"servers-{spec.Uid}",
            ["size"] = options.VolumeSize,
            ["location"] = spec.Region,
            ["format"] = "ext4",
            ["labels"] = HetznerLabels.Of(spec, installationId),
        };
        var reply = await client.SendAsync(HttpMethod.Post, "/volumes", body, cancellationToken);
        if (reply.Error is { Code: "uniqueness_error" })
            throw new ProviderException(ProviderFault.Transient, "The server's volume was just made by an earlier try, which can't be seen yet.");
        return client.Read(reply.RequiredOfCreate(), root => (ReadVolume(root.GetProperty("volume")), ReadActions(root)));
    }

    public Task DeleteExtraAsync(CloudExtra extra, CancellationToken cancellationToken) =>
        DeleteExtraAsync(extra.Kind == PrimaryIp ? $"/primary_ips/{extra.Id}" : $"/volumes/{extra.Id}", cancellationToken);

    // What is still attached is refused as "invalid_input" as well; it goes once the server is gone.
    private async Task DeleteExtraAsync(string path, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(HttpMethod.Delete, path, null, cancellationToken);
        if (reply is { Status: HttpStatusCode.UnprocessableEntity, Error: not null })
            throw new ProviderException(ProviderFault.Transient, reply.Error.Message, reply.RetryAfter);
        if (reply.Error is { Fault: not ProviderFault.NotFound })
            throw reply.Fault();
    }

    private Task<IReadOnlyList<CloudMachine>> ListServersAsync(string selector, CancellationToken cancellationToken) =>
        client.ListAsync($"/servers?label_selector={selector}&sort=id:asc", "servers", ReadServer, cancellationToken);

    private async Task<IReadOnlyList<CloudExtra>> ListExtrasAsync(string selector, CancellationToken cancellationToken) =>
    [
        .. await client.ListAsync($"/volumes?label_selector={selector}&sort=id:asc", "volumes", ReadVolume, cancellationToken),
        .. await client.ListAsync($"/primary_ips?label_selector={selector}&sort=id:asc", "primary_ips", ReadPrimaryIp, cancellationToken),
    ];

    // Another create of this server may have come first, or its listing lags behind. Or the name is someone else's.
    private async Task<CloudMachine> FindHolderAsync(InstanceSpec spec, CloudReply refusal, CancellationToken cancellationToken)
    {
        IReadOnlyList<CloudMachine> holders;
        try
        {
            holders = await client.ListAsync($"/servers?name={Uri.EscapeDataString(spec.Name)}", "servers", ReadServer, cancellationToken);
        }
        catch (ProviderException e)
        {
            throw e.AsPassing();
        }
        return holders switch
        {
            [var holder] when holder.InstallationId == installationId && holder.Uid == spec.Uid => holder,
            [var holder] when holder.InstallationId == installationId => throw new ProviderException(
                ProviderFault.Transient, $"The server {holder.Id} of an earlier one named \"{spec.Name}\" is still there.", refusal.RetryAfter),
            [var holder] => throw new ProviderException(
                ProviderFault.Rejected, $"The project has a server named \"{spec.Name}\" already, {holder.Id}, which is not this installation's."),
            _ => throw new ProviderException(ProviderFault.Transient, refusal.Error!.Message, refusal.RetryAfter),
        };
    }

    private CloudMachine ReadServer(JsonElement server)
    {
        var (owner, uid, name) = HetznerLabels.Read(server);
        return new(
            server.GetProperty("id").GetInt64(),
            owner,
            uid,
            name.Length > 0 ? name : server.GetProperty("name").GetString()!,
            options.PrivateAddress ? PrivateAddress(server, options.Networks[0]) : PublicAddress(server.GetProperty("public_net")),
            server.GetProperty("created").GetDateTimeOffset(),
            server.GetProperty("status").GetString() == "deleting");
    }

    private static string PrivateAddress(JsonElement server, string network) => server.GetProperty("private_net").EnumerateArray()
        .Where(attached => attached.GetProperty("network").ToString() == network)
        .Select(attached => attached.GetProperty("ip").GetString())
        .FirstOrDefault() ?? "";

    private static string PublicAddress(JsonElement network)
    {
        if (Ip("ipv4") is { } address)
            return address;
        // A whole network: the machine itself has its first address.
        return Ip("ipv6") is { } range && IPAddress.TryParse(range.Split('/')[0] + "1", out var first) ? first.ToString() : "";

        string? Ip(string version) =>
            network.GetProperty(version) is { ValueKind: JsonValueKind.Object } ip ? ip.GetProperty("ip").GetString() : null;
    }

    private static CloudExtra ReadVolume(JsonElement volume) => ReadExtra(volume, CloudExtra.Volume, "server");

    private static CloudExtra ReadPrimaryIp(JsonElement address) => ReadExtra(address, PrimaryIp, "assignee_id");

    private static CloudExtra ReadExtra(JsonElement extra, string kind, string machine)
    {
        var (owner, uid, name) = HetznerLabels.Read(extra);
        return new(
            kind,
            extra.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture),
            owner,
            uid,
            name,
            extra.GetProperty("location").GetProperty("name").GetString()!,
            extra.GetProperty(machine) is { ValueKind: JsonValueKind.Number } id ? id.GetInt64() : null,
            extra.GetProperty("created").GetDateTimeOffset());
    }

    private static List<CloudAction> ReadActions(JsonElement root)
    {
        var actions = root.GetProperty("next_actions").EnumerateArray().Select(ReadAction).ToList();
        if (root.GetProperty("action") is { ValueKind: JsonValueKind.Object } action)
            actions.Insert(0, ReadAction(action));
        return actions;
    }

    private static CloudAction ReadAction(JsonElement action)
    {
        var status = action.GetProperty("status").GetString();
        return new(action.GetProperty("id").GetInt64(), status == "running", status == "error" ? Error(action) : null);
    }

    private static CloudError Error(JsonElement action)
    {
        var error = action.GetProperty("error");
        var (code, message) = error.ValueKind == JsonValueKind.Object
            ? (error.GetProperty("code").GetString() ?? "", error.GetProperty("message").GetString())
            : ("", "it failed");
        var what = $"{action.GetProperty("command").GetString()}: {message} ({code})";
        return new(code, Shown.Of(what, maxLength: 300), HetznerFaults.SortAction(code));
    }

    // The API tells them apart by their JSON types.
    private static JsonNode IdOrName(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? JsonValue.Create(id) : JsonValue.Create(text);
}
