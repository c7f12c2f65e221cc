using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>A machine of either cloud, from its making on; a destroyed one stays known, for the bill.</summary>
internal sealed class Machine
{
    public required long Id { get; init; }

    public required string Cloud { get; init; }

    public required string Name { get; set; }

    public required DateTimeOffset Created { get; init; }

    public required string Region { get; init; }

    public required string Size { get; init; }

    public Dictionary<string, string> Labels { get; set; } = [];

    public List<string> Tags { get; init; } = [];

    /// <summary>What only its own cloud knows of it.</summary>
    public JsonObject Details { get; init; } = [];

    /// <summary>Where it can be called from everywhere; "" where it has no public address.</summary>
    public required string PublicAddress { get; set; }

    /// <summary>Where it can be called from its network; "" where it has none.</summary>
    public string PrivateAddress { get; set; } = "";

    public bool IsOn { get; set; } = true;

    /// <summary>When the cloud begins to start it.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When the cloud says that it runs.</summary>
    public required DateTimeOffset ReadyAt { get; init; }

    /// <summary>When it takes its first connection.</summary>
    public required DateTimeOffset BootsAt { get; set; }

    /// <summary>When the cloud tells its addresses.</summary>
    public required DateTimeOffset AddressesAt { get; init; }

    /// <summary>Until then it is there, but not in any listing.</summary>
    public DateTimeOffset ListedFrom { get; init; }

    /// <summary>Until then the cloud denies it, though it is there and costs money.</summary>
    public DateTimeOffset HiddenUntil { get; set; }

    public DateTimeOffset? Destroyed { get; set; }

    /// <summary>Until then the listings still have it, though it is destroyed.</summary>
    public DateTimeOffset ListedUntil { get; set; }

    /// <summary>Until then it is still found by its id, though it is destroyed.</summary>
    public DateTimeOffset FoundUntil { get; set; }

    /// <summary>When it is gone by itself.</summary>
    public DateTimeOffset? VanishesAt { get; set; }

    /// <summary>When its address changes by itself.</summary>
    public DateTimeOffset? MovesAt { get; set; }

    /// <summary>It takes no connection.</summary>
    public bool IsSilent { get; set; }

    /// <summary>It shows a certificate of an authority that nobody knows.</summary>
    public bool IsImpostor { get; set; }

    [JsonIgnore]
    public string Key => KeyOf(Cloud, Id);

    public static string KeyOf(string cloud, long id) => $"{cloud}/{id}";

    public bool IsFound(DateTimeOffset now) => now >= HiddenUntil && (Destroyed is null || now < FoundUntil);

    public bool IsListed(DateTimeOffset now) =>
        now >= HiddenUntil && now >= ListedFrom && (Destroyed is null || now < ListedUntil);
}
