using System.ComponentModel.DataAnnotations;
using ServersGrpc.Auth;
using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.DigitalOcean;
using ServersGrpc.Engine.Providers.Docker;
using ServersGrpc.Engine.Providers.Hetzner;
using ServersGrpc.Engine.Providers.Local;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Listening;
using ServersGrpc.Listening.Cors;
using ServersGrpc.Listening.Tls;
using ServersGrpc.OpenApi;
using ServersGrpc.Telemetry;

namespace ServersGrpc.Configuration;

/// <summary>All settings of section Servers, read and checked.</summary>
internal sealed class ServersOptions
{
    /// <summary>Where all that must survive is kept. Default: data below the working directory.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>Tags every instance that this installation owns: 1 to 63 of [a-z0-9-]. Default: made at first start, kept in the database.</summary>
    [RegularExpression("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", ErrorMessage = "InstallationId must be 1 to 63 of [a-z0-9-], beginning and ending with [a-z0-9].")]
    public string InstallationId { get; set; } = "";

    public FleetOptions Fleet { get; } = new();

    public LifecycleOptions Lifecycle { get; } = new();

    public StorageOptions Storage { get; } = new();

    public CrossOriginOptions Cors { get; } = new();

    public LocalProviderOptions Local { get; } = new();

    public HetznerOptions Hetzner { get; } = new();

    public DigitalOceanOptions DigitalOcean { get; } = new();

    public DockerProviderOptions Docker { get; } = new();

    /// <summary>The sections of all providers, by the provider's name.</summary>
    public IReadOnlyDictionary<string, ProviderOptions> Providers => new Dictionary<string, ProviderOptions>
    {
        ["local"] = Local,
        ["hetznercloud"] = Hetzner,
        ["digitalocean"] = DigitalOcean,
        ["docker"] = Docker,
    };

    public AuthOptions Auth { get; } = new();

    public DocsOptions Docs { get; } = new();

    public MetricsOptions Metrics { get; } = new();

    public TlsOptions Tls { get; } = new();

    public LimitsOptions Limits { get; } = new();

    /// <summary>Where to listen.</summary>
    public IReadOnlyList<string> Addresses { get; internal set; } = [];
}
