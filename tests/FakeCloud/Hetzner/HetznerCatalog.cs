using System.Text.Json.Nodes;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>What the cloud offers: real names and ids, a part of them.</summary>
internal static class HetznerCatalog
{
    public static readonly IReadOnlyList<JsonObject> Locations =
    [
        Location(1, "fsn1", "Falkenstein DC Park 1", "DE", "Falkenstein", 50.47612, 12.370071, "eu-central"),
        Location(2, "nbg1", "Nuremberg DC Park 1", "DE", "Nuremberg", 49.452102, 11.076665, "eu-central"),
        Location(3, "hel1", "Helsinki DC Park 1", "FI", "Helsinki", 60.169855, 24.938379, "eu-central"),
        Location(4, "ash", "Ashburn, VA", "US", "Ashburn, VA", 39.045821, -77.487073, "us-east"),
        Location(5, "hil", "Hillsboro, OR", "US", "Hillsboro, OR", 45.54222, -122.951924, "us-west"),
        Location(6, "sin", "Singapore", "SG", "Singapore", 1.283333, 103.833333, "ap-southeast"),
    ];

    public static readonly IReadOnlyList<JsonObject> ServerTypes =
    [
        ServerType(114, "cx23", 2, 4, 40, "shared", "x86", ["fsn1", "nbg1", "hel1"]),
        ServerType(115, "cx33", 4, 8, 80, "shared", "x86", ["fsn1", "nbg1", "hel1"]),
        ServerType(109, "cpx22", 2, 4, 80, "shared", "x86", ["fsn1", "nbg1", "hel1", "sin"]),
        ServerType(22, "cpx11", 2, 2, 40, "shared", "x86", ["ash", "hil"]),
        ServerType(45, "cax11", 2, 4, 40, "shared", "arm", ["fsn1", "nbg1", "hel1"]),
        ServerType(96, "ccx13", 2, 8, 80, "dedicated", "x86", ["fsn1", "nbg1", "hel1", "ash", "hil", "sin"]),
    ];

    public static readonly IReadOnlyList<JsonObject> Images =
    [
        Image(114690387, "debian-12", "Debian 12", "debian", "12", "x86"),
        Image(114690389, "debian-12", "Debian 12", "debian", "12", "arm"),
        Image(310557660, "debian-13", "Debian 13", "debian", "13", "x86"),
        Image(310557663, "debian-13", "Debian 13", "debian", "13", "arm"),
        Image(161547269, "ubuntu-24.04", "Ubuntu 24.04", "ubuntu", "24.04", "x86"),
        Image(161547270, "ubuntu-24.04", "Ubuntu 24.04", "ubuntu", "24.04", "arm"),
        Image(15512617, "ubuntu-20.04", "Ubuntu 20.04", "ubuntu", "20.04", "x86", deprecated: "2025-04-01T00:00:00+00:00"),
    ];

    public static readonly IReadOnlyList<JsonObject> Datacenters =
    [
        Datacenter(4, "fsn1-dc14", "fsn1"),
        Datacenter(2, "nbg1-dc3", "nbg1"),
        Datacenter(3, "hel1-dc2", "hel1"),
        Datacenter(5, "ash-dc1", "ash"),
        Datacenter(6, "hil-dc1", "hil"),
        Datacenter(7, "sin-dc1", "sin"),
    ];

    /// <summary>An entry by its id or its name.</summary>
    public static JsonObject? Find(IReadOnlyList<JsonObject> entries, string idOrName) =>
        entries.FirstOrDefault(entry => entry["id"]!.ToString() == idOrName || (string?)entry["name"] == idOrName);

    private static JsonObject Location(
        int id, string name, string description, string country, string city, double latitude, double longitude, string zone) => new()
        {
            ["id"] = id,
            ["name"] = name,
            ["description"] = description,
            ["country"] = country,
            ["city"] = city,
            ["latitude"] = latitude,
            ["longitude"] = longitude,
            ["network_zone"] = zone,
        };

    private static JsonObject ServerType(
        int id, string name, int cores, int memory, int disk, string cpu, string architecture, string[] locations) => new()
        {
            ["id"] = id,
            ["name"] = name,
            ["description"] = name.ToUpperInvariant(),
            ["category"] = cpu == "shared" ? "Shared vCPU" : "Dedicated vCPU",
            ["cores"] = cores,
            ["memory"] = memory,
            ["disk"] = disk,
            ["storage_type"] = "local",
            ["cpu_type"] = cpu,
            ["architecture"] = architecture,
            ["included_traffic"] = 0,
            ["deprecated"] = false,
            ["deprecation"] = null,
            ["prices"] = new JsonArray([.. locations.Select(location => Price(location))]),
            ["locations"] = new JsonArray(
            [
                .. locations.Select(location => new JsonObject
                {
                    ["id"] = (int)Find(Locations, location)!["id"]!,
                    ["name"] = location,
                    ["recommended"] = true,
                    ["available"] = true,
                    ["deprecation"] = null,
                }),
            ]),
        };

    private static JsonObject Price(string location) => new()
    {
        ["location"] = location,
        ["price_hourly"] = new JsonObject { ["net"] = "0.0060000000", ["gross"] = "0.0071400000000000" },
        ["price_monthly"] = new JsonObject { ["net"] = "3.7900000000", ["gross"] = "4.5101000000000000" },
        ["included_traffic"] = 21_990_232_555_520,
        ["price_per_tb_traffic"] = new JsonObject { ["net"] = "1.0000000000", ["gross"] = "1.1900000000000000" },
    };

    private static JsonObject Image(
        int id, string name, string description, string flavor, string version, string architecture, string? deprecated = null) => new()
        {
            ["id"] = id,
            ["type"] = "system",
            ["status"] = "available",
            ["name"] = name,
            ["description"] = description,
            ["image_size"] = null,
            ["disk_size"] = 5,
            ["created"] = "2023-06-13T06:00:00+00:00",
            ["created_from"] = null,
            ["bound_to"] = null,
            ["os_flavor"] = flavor,
            ["os_version"] = version,
            ["architecture"] = architecture,
            ["rapid_deploy"] = true,
            ["protection"] = new JsonObject { ["delete"] = false },
            ["deprecated"] = deprecated,
            ["deleted"] = null,
            ["labels"] = new JsonObject(),
        };

    private static JsonObject Datacenter(int id, string name, string location) => new()
    {
        ["id"] = id,
        ["name"] = name,
        ["description"] = name,
        ["location"] = Find(Locations, location)!.DeepClone(),
    };
}
