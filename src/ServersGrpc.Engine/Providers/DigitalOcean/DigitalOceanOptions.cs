using System.ComponentModel.DataAnnotations;
using ServersGrpc.Engine.Providers.Cloud;

namespace ServersGrpc.Engine.Providers.DigitalOcean;

/// <summary>Servers at DigitalOcean: section Servers:Providers:digitalocean. Times are d.hh:mm:ss.</summary>
public sealed class DigitalOceanOptions : CloudOptions
{
    /// <summary>Where the API is, with its version. Default: https://api.digitalocean.com/v2.</summary>
    public override string Endpoint { get; set; } = "https://api.digitalocean.com/v2";

    /// <summary>The size of a request that names none. Default: s-1vcpu-1gb.</summary>
    [Required]
    public string Size { get; set; } = "s-1vcpu-1gb";

    /// <summary>The image, by slug or id, of a request that names none. Default: ubuntu-24-04-x64.</summary>
    [Required]
    public string Image { get; set; } = "ubuntu-24-04-x64";

    /// <summary>The region of a request that names none. Default: nyc3.</summary>
    [Required]
    public string Region { get; set; } = "nyc3";

    /// <summary>The SSH keys, by id or fingerprint, that may log in as root. Default: none; the cloud then makes a password that nobody is told.</summary>
    public IReadOnlyList<string> SshKeys { get; set; } = [];

    /// <summary>The id of the VPC that servers are put in. Default: the region's default VPC.</summary>
    public string Vpc { get; set; } = "";

    /// <summary>
    /// Tags of your own for all servers: letters, digits, colons, dashes and underscores, at most 255 characters each. A cloud firewall that
    /// covers a tag covers the servers from their first moment. Default: none.
    /// </summary>
    public IReadOnlyList<string> Tags { get; set; } = [];

    /// <summary>Whether servers get a public address at all. Default: true.</summary>
    public bool PublicNetworking { get; set; } = true;

    /// <summary>Whether servers get a public IPv6 address too. Default: false.</summary>
    public bool IPv6 { get; set; }

    /// <summary>Whether the cloud's metrics agent is installed. Default: false.</summary>
    public bool Monitoring { get; set; }

    /// <summary>How long after a create a server may be missing from listings, 0 to 1 hour. Default: 1 minute.</summary>
    public override TimeSpan ConsistencyWindow { get; set; } = TimeSpan.FromMinutes(1);

    internal override int MaxUserDataBytes => 64 * 1024;

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. base.Validate(validationContext), .. Enabled ? Check() : []];

    private IEnumerable<ValidationResult> Check()
    {
        foreach (var bad in Tags.Where(tag => !DigitalOceanTags.IsTag(tag)))
            yield return new($"Tags has \"{bad}\", which is not 1 to 255 letters, digits, colons, dashes and underscores, or is reserved.");
        foreach (var gpu in Placements.Select(placement => placement.Size).Prepend(Size).Where(DigitalOceanCloud.IsUnlisted))
            yield return new($"the size {gpu} has a GPU; such droplets can't be listed by tag, so they are not made.");
        if (Vpc.Length > 0 && !Guid.TryParseExact(Vpc, "D", out _))
            yield return new($"Vpc is \"{Vpc}\", which is no id of a VPC.");
        if (!PublicNetworking && !PrivateAddress)
            yield return new("servers without PublicNetworking can't be reached unless PrivateAddress is true.");
        if (!PublicNetworking && IPv6)
            yield return new("IPv6 needs PublicNetworking.");
    }
}
