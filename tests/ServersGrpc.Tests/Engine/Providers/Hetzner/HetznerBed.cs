using ServersGrpc.Engine.Providers.Cloud;
using ServersGrpc.Engine.Providers.Hetzner;
using ServersGrpc.Tests.Engine.Providers.Cloud;

namespace ServersGrpc.Tests.Engine.Providers.Hetzner;

/// <summary>The provider over scripted answers, and the answers.</summary>
internal sealed class HetznerBed
{
    public const string Selector = $"label_selector=servers-grpc/installation==ours,servers-grpc/uid=={CloudSpecs.Uid}";
    public const string Find = $"GET /v1/servers?{Selector}&sort=id:asc&page=1&per_page=";
    public const string FindVolumes = $"GET /v1/volumes?{Selector}";
    public const string FindAddresses = $"GET /v1/primary_ips?{Selector}";
    public const string Created = """{"server":SERVER,"action":ACTION,"next_actions":[],"root_password":null}""";

    public HetznerOptions Options { get; } = new() { Token = CloudSpecs.Token };

    public ScriptedHandler Cloud { get; } = new();

    // An hour after all that is there was made.
    public ImpatientTime Time { get; } = new() { Now = new(2026, 1, 2, 4, 4, 5, TimeSpan.Zero) };

    public int PageSize { get; init; } = 50;

    public CloudProvider NewProvider()
    {
        var client = new CloudClient(new HetznerDialect { PageSize = PageSize }, Options, Time, Cloud);
        return new CloudProvider(new HetznerCloud(Options, "ours", client), "ours", Time, new(1, 1000, Time));
    }

    public static string Listed(params string[] servers) => Page("servers", servers.Length, "null", servers);

    public static string Volumes(params string[] volumes) => Page("volumes", volumes.Length, "null", volumes);

    public static string Addresses(params string[] addresses) => Page("primary_ips", addresses.Length, "null", addresses);

    public static string Page(string key, int total, string next, params string[] items) =>
        $$"""{"{{key}}":[{{string.Join(',', items)}}],"meta":{"pagination":{"page":1,"per_page":50,"previous_page":null,"next_page":{{next}},"last_page":1,"total_entries":{{total}} } } }""";

    public static string Server(int id = 42, string status = "running", string installation = "ours", string uid = CloudSpecs.Uid, string network = "") =>
        $$"""
        {"id":{{id}},"name":"web","status":"{{status}}","created":"2026-01-02T03:04:05+00:00",
         "public_net":{"ipv4":{"id":1,"ip":"192.0.2.7"},"ipv6":{"id":2,"ip":"2001:db8:1::/64"} },
         "private_net":[{{network}}],"labels":{"servers-grpc/installation":"{{installation}}","servers-grpc/uid":"{{uid}}","servers-grpc/name":"web"} }
        """;

    public static string Volume(int id = 5, string server = "null", string uid = CloudSpecs.Uid, string location = "place-1") =>
        $$"""{"id":{{id}},"name":"v","server":{{server}},"location":{"name":"{{location}}"},"created":"2026-01-02T03:04:05+00:00","labels":{{Labels(uid)}} }""";

    public static string Address(int id = 6, string server = "null") =>
        $$"""{"id":{{id}},"ip":"192.0.2.8","assignee_id":{{server}},"location":{"name":"place-1"},"created":"2026-01-02T03:04:05+00:00","labels":{{Labels(CloudSpecs.Uid)}} }""";

    public static string Action(string status = "success", string error = "null", int id = 9) =>
        $$"""{"id":{{id}},"command":"create_server","status":"{{status}}","error":{{error}} }""";

    public static string Order(string action, string server) => Created.Replace("SERVER", server).Replace("ACTION", action);

    public static string Error(string code, string message = "no") => $$$"""{"error":{"code":"{{{code}}}","message":"{{{message}}}","details":null}}""";

    private static string Labels(string uid) => $$"""{"servers-grpc/installation":"ours","servers-grpc/uid":"{{uid}}"}""";
}
