using ServersGrpc.Engine.Providers.Cloud;
using ServersGrpc.Engine.Providers.DigitalOcean;
using ServersGrpc.Tests.Engine.Providers.Cloud;

namespace ServersGrpc.Tests.Engine.Providers.DigitalOcean;

/// <summary>The provider over scripted answers, and the answers.</summary>
internal sealed class DigitalOceanBed
{
    public const string Find = $"GET /v2/droplets?tag_name=servers-grpc-uid:{CloudSpecs.Uid}&page=1&per_page=200";
    public const string FindVolumes = $"GET /v2/volumes?name=servers-{CloudSpecs.Uid}&page=1";
    public const string Nothing = """{"id":"not_found","message":"The resource you requested could not be found."}""";

    public DigitalOceanOptions Options { get; } = new() { Token = CloudSpecs.Token };

    public ScriptedHandler Cloud { get; } = new();

    // An hour after all that is there was made.
    public ImpatientTime Time { get; } = new() { Now = new(2026, 1, 2, 4, 4, 5, TimeSpan.Zero) };

    public CloudProvider NewProvider()
    {
        var client = new CloudClient(new DigitalOceanDialect(), Options, Time, Cloud);
        return new CloudProvider(new DigitalOceanCloud(Options, "ours", client), "ours", Time, new(1, 1000, Time));
    }

    public static string Droplets(params string[] droplets) => Page("droplets", droplets.Length, false, droplets);

    public static string Volumes(params string[] volumes) => Page("volumes", volumes.Length, false, volumes);

    public static string Page(string key, int total, bool hasNext, params string[] items) =>
        $$$"""{"{{{key}}}":[{{{string.Join(',', items)}}}],"links":{{{(hasNext ? """{"pages":{"next":"https://api/v2?page=2","last":"x"}}""" : "{}")}}},"meta":{"total":{{{total}}}}}""";

    public static string Droplet(int id = 42, string installation = "ours", string uid = CloudSpecs.Uid, bool located = true) =>
        $$"""
        {"id":{{id}},"name":"web","status":"active","created_at":"2026-01-02T03:04:05Z",
         "networks":{"v4":[{{(located ? """{"ip_address":"10.0.0.7","type":"private"},{"ip_address":"192.0.2.7","type":"public"}""" : "")}}],"v6":[]},
         "tags":["servers-grpc-installation:{{installation}}","servers-grpc-uid:{{uid}}","servers-grpc-name:web","mine"]}
        """;

    public static string Volume(string id = "v-1", string droplets = "[]", string installation = "ours", string uid = CloudSpecs.Uid) =>
        $$"""{"id":"{{id}}","droplet_ids":{{droplets}},"region":{"slug":"place-1"},"created_at":"2026-01-02T03:04:05Z","tags":["servers-grpc-installation:{{installation}}","servers-grpc-uid:{{uid}}"]}""";

    public static string Order(string droplet) => $$"""{"droplet":{{droplet}},"links":{"actions":[{"id":9,"rel":"create","href":"x"}]} }""";

    public static string Action(string status) => $$$"""{"action":{"id":9,"status":"{{{status}}}","type":"create"}}""";
}
