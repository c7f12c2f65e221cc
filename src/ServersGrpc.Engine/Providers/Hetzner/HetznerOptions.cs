using System.ComponentModel.DataAnnotations;
using ServersGrpc.Engine.Providers.Cloud;

namespace ServersGrpc.Engine.Providers.Hetzner;

/// <summary>Servers at Hetzner Cloud: section Servers:Providers:hetznercloud. Times are d.hh:mm:ss.</summary>
public sealed class HetznerOptions : CloudOptions
{
    /// <summary>Where the API is, with its version. Default: https://api.hetzner.cloud/v1.</summary>
    public override string Endpoint { get; set; } = "https://api.hetzner.cloud/v1";

    /// <summary>The server type of a request that names no size. Default: cx23.</summary>
    [Required]
    public string ServerType { get; set; } = "cx23";

    /// <summary>The image, by name or id, of a request that names none. Default: ubuntu-24.04.</summary>
    [Required]
    public string Image { get; set; } = "ubuntu-24.04";

    /// <summary>The location of a request that names no region. Default: fsn1.</summary>
    [Required]
    public string Location { get; set; } = "fsn1";

    /// <summary>The SSH keys, by name or id, that may log in as root. Default: none; the cloud then makes a password that nobody is told.</summary>
    public IReadOnlyList<string> SshKeys { get; set; } = [];

    /// <summary>The private networks, by id, that servers are attached to, in this order. Default: none.</summary>
    public IReadOnlyList<string> Networks { get; set; } = [];

    /// <summary>The firewalls, by id, that servers are put behind. Default: none.</summary>
    public IReadOnlyList<string> Firewalls { get; set; } = [];

    /// <summary>Whether servers get a public IPv4 address, which is billed. Default: true.</summary>
    public bool IPv4 { get; set; } = true;

    /// <summary>Whether servers get a public IPv6 network. Default: true.</summary>
    public bool IPv6 { get; set; } = true;

    /// <summary>How long after a create a server may be missing from listings, 0 to 1 hour. Default: 10 seconds.</summary>
    public override TimeSpan ConsistencyWindow { get; set; } = TimeSpan.FromSeconds(10);

    internal override int MaxUserDataBytes => 32 * 1024;

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. base.Validate(validationContext), .. Enabled ? Check() : []];

    private IEnumerable<ValidationResult> Check()
    {
        var ids = Networks.Select(id => CheckId(nameof(Networks), id)).Concat(Firewalls.Select(id => CheckId(nameof(Firewalls), id)));
        foreach (var bad in ids.OfType<ValidationResult>())
            yield return bad;
        if (PrivateAddress && Networks.Count == 0)
            yield return new("PrivateAddress needs Networks.");
        if (!PrivateAddress && !IPv4 && !IPv6)
            yield return new("servers without IPv4 and IPv6 can't be reached unless PrivateAddress is true.");
        // The smallest that the cloud makes.
        if (VolumeSize is > 0 and < 10)
            yield return new("VolumeSize must be 0 or at least 10.");
    }
}
