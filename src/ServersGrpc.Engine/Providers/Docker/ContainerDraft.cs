using System.Text.Json.Nodes;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>A container as the engine is asked for it.</summary>
internal static class ContainerDraft
{
    /// <summary>The port that servers listen on, as the engine writes it.</summary>
    private const string Port = "2376/tcp";

    /// <param name="spec">What was asked for.</param>
    /// <param name="size">The size that it names.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="installationId">Marks the container as ours.</param>
    /// <param name="address">The loopback address on the engine's own network; "" on others.</param>
    public static JsonObject For(InstanceSpec spec, DockerSize size, DockerProviderOptions options, string installationId, string address)
    {
        var draft = new JsonObject
        {
            ["Image"] = spec.Image,
            ["Env"] = Array(Environment(spec, options, address)),
            ["Labels"] = Labels(spec, installationId, address),
            ["ExposedPorts"] = new JsonObject { [Port] = new JsonObject() },
            ["HostConfig"] = HostConfig(size, options),
        };
        // The engine's own network comes with its machine's name.
        if (!options.UsesHostNetwork)
            draft["Hostname"] = spec.Name;
        if (options.Command.Count > 0)
            draft["Cmd"] = Array(options.Command);
        return draft;
    }

    private static JsonObject HostConfig(DockerSize size, DockerProviderOptions options)
    {
        var config = new JsonObject
        {
            ["NanoCpus"] = size.NanoCpus,
            ["Memory"] = size.Memory,
            ["Privileged"] = options.Privileged,
            ["RestartPolicy"] = new JsonObject { ["Name"] = options.Restart },
        };
        if (options.Networks.Count > 0)
            config["NetworkMode"] = options.Networks[0];
        if (options.PublishAddress.Length > 0)
            config["PortBindings"] = new JsonObject { [Port] = new JsonArray(new JsonObject { ["HostIp"] = options.PublishAddress, ["HostPort"] = "" }) };
        return config;
    }

    private static IEnumerable<string> Environment(InstanceSpec spec, DockerProviderOptions options, string address)
    {
        foreach (var entry in options.Environment)
            yield return entry;
        yield return $"SERVERS_NAME={spec.Name}";
        yield return $"SERVERS_UID={spec.Uid}";
        yield return $"SERVERS_CERTIFICATES={options.CertificateDirectory}";
        if (spec.UserData.Length > 0)
            yield return $"SERVERS_USER_DATA={options.UserDataPath}";
        if (address.Length > 0)
            yield return $"SERVERS_ADDRESS={address}";
    }

    // Ours come last: a request can't take a label that decides whose the container is.
    private static JsonObject Labels(InstanceSpec spec, string installationId, string address)
    {
        var labels = new JsonObject();
        foreach (var (key, value) in spec.Labels)
            labels[key] = value;
        labels[DockerLabels.Installation] = installationId;
        labels[DockerLabels.Uid] = spec.Uid;
        labels[DockerLabels.Name] = spec.Name;
        labels[DockerLabels.Address] = address;
        return labels;
    }

    private static JsonArray Array(IEnumerable<string> values) => [.. values.Select(value => JsonValue.Create(value))];
}
