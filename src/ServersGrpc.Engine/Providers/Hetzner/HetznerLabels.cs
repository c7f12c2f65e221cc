using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServersGrpc.Engine.Providers.Hetzner;

/// <summary>The labels that say whose a resource is.</summary>
internal static partial class HetznerLabels
{
    private const string Reserved = "servers-grpc/";
    private const string Installation = Reserved + "installation";
    private const string Uid = Reserved + "uid";
    private const string Name = Reserved + "name";

    /// <summary>
    /// The labels of a machine: ours, and those of the request that the cloud takes. Others stay with the server's record alone: the cloud
    /// has a grammar of its own, and a label is no reason not to make a machine.
    /// </summary>
    public static JsonObject Of(InstanceSpec spec, string installationId)
    {
        var labels = new JsonObject { [Installation] = installationId, [Uid] = spec.Uid, [Name] = spec.Name };
        foreach (var (key, value) in spec.Labels)
        {
            if (!key.StartsWith(Reserved, StringComparison.Ordinal) && Key().IsMatch(key) && Value().IsMatch(value))
                labels[key] = value;
        }
        return labels;
    }

    /// <summary>Selects what is the installation's.</summary>
    public static string SelectorOf(string installationId) => Uri.EscapeDataString($"{Installation}=={installationId}");

    /// <summary>Selects what is the installation's and was made for the server.</summary>
    public static string SelectorOf(string installationId, string uid) => Uri.EscapeDataString($"{Installation}=={installationId},{Uid}=={uid}");

    /// <summary>Whose it is; "" where its labels do not say.</summary>
    public static (string InstallationId, string Uid, string Name) Read(JsonElement resource)
    {
        var labels = resource.GetProperty("labels");
        return (Get(Installation), Get(Uid), Get(Name));

        string Get(string key) => labels.TryGetProperty(key, out var value) ? value.GetString() ?? "" : "";
    }

    // As the API documents them; prefixes of the cloud's own are refused by it.
    [GeneratedRegex(@"\A(?!hetzner\.cloud/)([a-zA-Z0-9]([a-zA-Z0-9._-]{0,251}[a-zA-Z0-9])?/)?[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"\A([a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?)?\z")]
    private static partial Regex Value();
}
