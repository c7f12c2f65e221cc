using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>Servers that are containers of a Docker Engine: section Servers:Providers:docker. Off without a section.</summary>
public sealed partial class DockerProviderOptions : ProviderOptions
{
    private const string HostNetwork = "host";

    /// <summary>
    /// Where the engine is: unix:///PATH, or tcp://HOST[:PORT] with TLS (port 2376), without it only on a loopback address (port 2375).
    /// Default: unix:///var/run/docker.sock.
    /// </summary>
    public string Endpoint { get; set; } = "unix:///var/run/docker.sock";

    /// <summary>The authority that signed the engine's certificate, a PEM file. The three files come together. Default: none, no TLS.</summary>
    public string CaFile { get; set; } = "";

    /// <summary>The certificate that the engine is shown, a PEM file. Default: none.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The private key of that certificate, a PEM file. Default: none.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The image of servers whose request names none. Needed.</summary>
    public string Image { get; set; } = "";

    /// <summary>When images are pulled: always, missing (where the engine does not have it) or never. Default: missing.</summary>
    [AllowedValues("always", "missing", "never", ErrorMessage = "Pull must be always, missing or never.")]
    public string Pull { get; set; } = "missing";

    /// <summary>
    /// The sizes that there are, NAME=CPUS/MEMORY each: CPUs from 0.01, memory from 6m as bytes or with k, m or g (of 1024).
    /// Default: small=1/1g, medium=2/4g, large=4/8g.
    /// </summary>
    public IReadOnlyList<string> Sizes { get; set; } = ["small=1/1g", "medium=2/4g", "large=4/8g"];

    /// <summary>The size of servers whose request names none. Default: the first of Sizes.</summary>
    public string Size { get; set; } = "";

    /// <summary>What this engine is called as a region; it is the only one. Default: docker.</summary>
    [Required]
    public string Region { get; set; } = "docker";

    /// <summary>What the engine's containers run on, as records tell it. Default: linux and this machine's architecture.</summary>
    [RegularExpression("[a-z]+/[a-z0-9]+", ErrorMessage = "Platform must be like linux/amd64.")]
    public string Platform { get; set; } = $"linux/{ThisMachine.ArchitectureName}";

    /// <summary>
    /// The networks that a container joins; its address is that on the first. "host" alone: the engine's own network, on a loopback address
    /// that SERVERS_ADDRESS tells the container. Default: the engine's default bridge.
    /// </summary>
    public IReadOnlyList<string> Networks { get; set; } = [];

    /// <summary>
    /// The IP address of the engine's machine on which port 2376 of a container is published, at a port that the engine chooses; 0.0.0.0
    /// or :: for all, told as the endpoint's host. Default: not published, a server has the address of its container.
    /// </summary>
    public string PublishAddress { get; set; } = "";

    /// <summary>What containers run. Default: what the image says.</summary>
    public IReadOnlyList<string> Command { get; set; } = [];

    /// <summary>Environment variables of containers, NAME=VALUE each. Default: none but those of the service (SERVERS_…).</summary>
    public IReadOnlyList<string> Environment { get; set; } = [];

    /// <summary>Whether containers may do everything on the engine's machine, as Docker in Docker must. Default: false.</summary>
    public bool Privileged { get; set; }

    /// <summary>
    /// Whether the engine starts a container again that ended: no, on-failure, always or unless-stopped. Default: unless-stopped, so that
    /// servers come back with the engine's machine.
    /// </summary>
    [AllowedValues("no", "on-failure", "always", "unless-stopped", ErrorMessage = "Restart must be no, on-failure, always or unless-stopped.")]
    public string Restart { get; set; } = "unless-stopped";

    /// <summary>Where in a container ca.pem, cert.pem and key.pem are. Default: /certs/server, where the image docker:dind looks.</summary>
    [RegularExpression("/.*[^/]", ErrorMessage = "CertificateDirectory must be an absolute path.")]
    public string CertificateDirectory { get; set; } = "/certs/server";

    /// <summary>Where in a container the request's user data is, where it has any. Default: /etc/servers/user-data.</summary>
    [RegularExpression("/.*[^/]", ErrorMessage = "UserDataPath must be an absolute path.")]
    public string UserDataPath { get; set; } = "/etc/servers/user-data";

    /// <summary>How long a container may take to end after it was asked before it is killed, 0 to 2 minutes. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:02:00")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The endpoint, read. Only of valid options.</summary>
    internal DockerEndpoint EngineEndpoint => DockerEndpoint.Parse(Endpoint, CaFile.Length > 0)
        ?? throw new InvalidOperationException("The options are not valid.");

    internal bool UsesHostNetwork => Networks is [HostNetwork];

    internal DockerSize? FindSize(string name) => ReadSizes().FirstOrDefault(size => size.Name == name);

    internal string DefaultSize => Size.Length > 0 ? Size : ReadSizes().First().Name;

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. base.Validate(validationContext), .. Enabled ? Problems().Select(problem => new ValidationResult(problem)) : []];

    private IEnumerable<string> Problems() => [.. EndpointProblems(), .. ImageProblems(), .. SizeProblems(), .. NetworkProblems()];

    private IEnumerable<string> EndpointProblems()
    {
        string[] files = [CaFile, CertificateFile, KeyFile];
        var tls = files.All(file => file.Length > 0);
        if (!tls && files.Any(file => file.Length > 0))
            yield return "CaFile, CertificateFile and KeyFile come together or not at all.";
        else if (DockerEndpoint.Parse(Endpoint, tls) is not { } endpoint)
            yield return $"Endpoint is \"{Endpoint}\", which is neither unix:///PATH nor tcp://HOST:PORT.";
        else if (endpoint.SocketPath.Length > 0 && tls)
            yield return $"Endpoint is \"{Endpoint}\": CaFile, CertificateFile and KeyFile are for tcp://HOST:PORT.";
        // Whoever reaches an engine without TLS is root on its machine, and would be sent the servers' keys in clear text.
        else if (!tls && !endpoint.IsLocal)
            yield return $"Endpoint is \"{Endpoint}\", which needs TLS: CaFile, CertificateFile and KeyFile.";
        else if (tls && DockerCertificates.Problem(this) is { } problem)
            yield return problem;
    }

    private IEnumerable<string> ImageProblems()
    {
        if (!ImageName().IsMatch(Image))
            yield return Image.Length == 0 ? "Image is needed." : $"Image is \"{Image}\", which is no image's name.";
        foreach (var bad in Environment.Where(entry => entry.IndexOf('=') <= 0))
            yield return $"Environment has \"{bad}\", which is not NAME=VALUE.";
    }

    private IEnumerable<string> SizeProblems()
    {
        if (Sizes.Count == 0)
            yield return "Sizes needs an entry.";
        foreach (var bad in Sizes.Where(text => DockerSize.Parse(text) is null))
            yield return $"Sizes has \"{bad}\", which is not NAME=CPUS/MEMORY, such as small=0.5/512m.";
        foreach (var twice in ReadSizes().CountBy(size => size.Name).Where(count => count.Value > 1))
            yield return $"Sizes has {twice.Key} {twice.Value} times.";
        if (Size.Length > 0 && FindSize(Size) is null)
            yield return $"Size is {Size}, which Sizes does not have.";
    }

    private IEnumerable<string> NetworkProblems()
    {
        if (Networks.Contains("none"))
            yield return "Networks has \"none\", on which no server can be reached.";
        if (Networks.Contains(HostNetwork) && !UsesHostNetwork)
            yield return "Networks has \"host\", which must stand alone.";
        if (PublishAddress.Length > 0 && UsesHostNetwork)
            yield return "PublishAddress can't be had with the network \"host\".";
        var endpoint = DockerEndpoint.Parse(Endpoint, tls: true);
        if (UsesHostNetwork && endpoint is { IsLocal: false })
            yield return "The network \"host\" has loopback addresses, which only a local Endpoint's servers can be reached at.";
        if (PublishAddress.Length == 0)
            yield break;
        if (!IPAddress.TryParse(PublishAddress, out var address))
            yield return $"PublishAddress is \"{PublishAddress}\", which is no IP address.";
        else if (IsAny(address) && endpoint is { SocketPath.Length: > 0 })
            yield return $"PublishAddress is {address}: with a unix Endpoint, nothing says at which of them servers are reached.";
    }

    private IEnumerable<DockerSize> ReadSizes() => Sizes.Select(DockerSize.Parse).OfType<DockerSize>();

    private static bool IsAny(IPAddress address) =>
        address.Equals(address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:/@-]*\z")]
    private static partial Regex ImageName();
}
