using System.Text.Json.Nodes;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>What the cloud offers: real names, a part of them.</summary>
internal static class DigitalOceanCatalog
{
    private static readonly string[] RegionSlugs = ["nyc1", "nyc3", "sfo3", "ams3", "fra1", "lon1", "sgp1"];

    public static readonly IReadOnlyList<JsonObject> Sizes =
    [
        Size("s-1vcpu-1gb", 1024, 1, 25, 6, "Basic", RegionSlugs),
        Size("s-1vcpu-2gb", 2048, 1, 50, 12, "Basic", RegionSlugs),
        Size("s-2vcpu-2gb", 2048, 2, 60, 18, "Basic", RegionSlugs),
        Size("s-2vcpu-4gb", 4096, 2, 80, 24, "Basic", RegionSlugs),
        Size("s-4vcpu-8gb", 8192, 4, 160, 48, "Basic", RegionSlugs),
        Size("c-2", 4096, 2, 25, 42, "CPU-Optimized", ["nyc3", "fra1", "ams3"]),
    ];

    public static readonly IReadOnlyList<JsonObject> Regions =
    [
        Region("New York 1", "nyc1"),
        Region("New York 3", "nyc3"),
        Region("San Francisco 3", "sfo3"),
        Region("Amsterdam 3", "ams3"),
        Region("Frankfurt 1", "fra1"),
        Region("London 1", "lon1"),
        Region("Singapore 1", "sgp1"),
    ];

    public static readonly IReadOnlyList<JsonObject> Images =
    [
        Image(133555900, "12 x64", "Debian", "debian-12-x64"),
        Image(195932991, "13 x64", "Debian", "debian-13-x64"),
        Image(155133621, "24.04 (LTS) x64", "Ubuntu", "ubuntu-24-04-x64"),
        Image(129211873, "22.04 (LTS) x64", "Ubuntu", "ubuntu-22-04-x64"),
        Image(152791896, "Docker on Ubuntu 22.04", "Ubuntu", "docker-20-04"),
    ];

    public static JsonObject? FindSize(string slug) => Sizes.FirstOrDefault(size => (string?)size["slug"] == slug);

    /// <summary>By slug, or by the beginning of one: "nyc" is any of New York.</summary>
    public static JsonObject? FindRegion(string slug) =>
        Regions.FirstOrDefault(region => (string?)region["slug"] == slug)
        ?? Regions.FirstOrDefault(region => ((string)region["slug"]!).TrimEnd('1', '2', '3') == slug);

    public static JsonObject? FindImage(string idOrSlug) =>
        Images.FirstOrDefault(image => $"{image["id"]}" == idOrSlug || (string?)image["slug"] == idOrSlug);

    public static bool IsOffered(JsonObject size, string region) => size["regions"]!.AsArray().Any(slug => (string?)slug == region);

    private static JsonObject Size(string slug, int memory, int cores, int disk, double price, string description, string[] regions) => new()
    {
        ["slug"] = slug,
        ["memory"] = memory,
        ["vcpus"] = cores,
        ["disk"] = disk,
        ["transfer"] = 1.0,
        ["price_monthly"] = price,
        ["price_hourly"] = price / 672,
        ["regions"] = new JsonArray([.. regions.Select(region => JsonValue.Create(region))]),
        ["available"] = true,
        ["description"] = description,
    };

    private static JsonObject Region(string name, string slug) => new()
    {
        ["name"] = name,
        ["slug"] = slug,
        ["features"] = new JsonArray("backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"),
        ["available"] = true,
        ["sizes"] = new JsonArray([.. Sizes.Where(size => IsOffered(size, slug)).Select(size => size["slug"]!.DeepClone())]),
    };

    private static JsonObject Image(int id, string name, string distribution, string slug) => new()
    {
        ["id"] = id,
        ["name"] = name,
        ["distribution"] = distribution,
        ["slug"] = slug,
        ["public"] = true,
        ["regions"] = new JsonArray([.. RegionSlugs.Select(region => JsonValue.Create(region))]),
        ["created_at"] = "2023-06-13T06:00:00Z",
        ["min_disk_size"] = 7,
        ["type"] = "base",
        ["size_gigabytes"] = 0.6,
        ["description"] = $"{distribution} {name}",
        ["tags"] = new JsonArray(),
        ["status"] = "available",
    };
}
