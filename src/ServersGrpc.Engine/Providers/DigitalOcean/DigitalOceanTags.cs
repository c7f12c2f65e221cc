using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServersGrpc.Engine.Providers.DigitalOcean;

/// <summary>
/// The tags that say whose a resource is. All are lower case, so the cloud's way of taking the case of whoever used a tag first does not
/// matter.
/// </summary>
internal static partial class DigitalOceanTags
{
    private const string Reserved = "servers-grpc-";
    private const string Installation = Reserved + "installation:";
    private const string Uid = Reserved + "uid:";
    private const string Name = Reserved + "name:";

    public static bool IsTag(string tag) => Tag().IsMatch(tag);

    /// <summary>The tags of a machine. Labels of the request are not among them: tags are shared by the whole account and stay for good.</summary>
    public static JsonArray Of(InstanceSpec spec, string installationId, IEnumerable<string> others) =>
        new([OfInstallation(installationId), OfUid(spec.Uid), Name + spec.Name, .. others]);

    public static string OfInstallation(string id) => Installation + id;

    public static string OfUid(string uid) => Uid + uid;

    /// <summary>Whose it is; "" where its tags do not say.</summary>
    public static (string InstallationId, string Uid, string Name) Read(JsonElement resource)
    {
        var tags = resource.GetProperty("tags") is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray().Select(tag => tag.GetString() ?? "").ToList()
            : [];
        return (Get(Installation), Get(Uid), Get(Name));

        string Get(string prefix) => tags.Find(tag => tag.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) is { } tag
            ? tag[prefix.Length..].ToLowerInvariant()
            : "";
    }

    [GeneratedRegex(@"\A(?!servers-grpc-)[a-zA-Z0-9_:-]{1,255}\z", RegexOptions.IgnoreCase)]
    private static partial Regex Tag();
}
