using ServersGrpc.FakeCloud.Client;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Clouds;

/// <summary>The real service on a FakeCloud, in a hurry: what takes minutes with a real cloud takes seconds.</summary>
internal sealed class CloudLane : IAsyncDisposable
{
    private CloudLane(string cloud, FakeCloudProcess clouds, ServiceProcess service)
    {
        (Cloud, Clouds, Service) = (cloud, clouds, service);
    }

    /// <summary>"hetznercloud" or "digitalocean".</summary>
    public string Cloud { get; }

    public FakeCloudProcess Clouds { get; }

    public FakeCloudClient Admin => Clouds.Client;

    public ServiceProcess Service { get; }

    public static Task<CloudLane> StartAsync(string cloud, ITestOutputHelper output, params string[] options) =>
        StartAsync(cloud, ServiceProcess.NewDirectory(), output, options);

    public static async Task<CloudLane> StartAsync(string cloud, string dataDirectory, ITestOutputHelper output, params string[] options)
    {
        var clouds = await FakeCloudProcess.StartAsync();
        try
        {
            string[] hurried =
            [
                "--Servers:Lifecycle:StepDeadline=00:00:10", "--Servers:Lifecycle:ProbeTimeout=00:00:02",
                "--Servers:Lifecycle:LivenessInterval=00:00:01", "--Servers:Lifecycle:ErrorRetention=00:00:01",
                "--Servers:Lifecycle:CreateAttempts=1000", "--Servers:Lifecycle:ShortageMemory=00:00:01",
                "--Servers:Lifecycle:SweepInterval=00:00:02", "--Servers:Lifecycle:OrphanAge=00:00:04", "--Servers:Lifecycle:OrphanConfirmation=00:00:02",
            ];
            var service = await ServiceProcess.StartAsync(dataDirectory, output, [.. Section(cloud, clouds.Client), .. hurried, .. options]);
            return new(cloud, clouds, service);
        }
        catch
        {
            await clouds.DisposeAsync();
            throw;
        }
    }

    /// <summary>The settings that make a cloud the only provider.</summary>
    public static IReadOnlyList<string> Section(string cloud, FakeCloudClient clouds)
    {
        var (token, endpoint, alternative) = cloud == "hetznercloud"
            ? ("hetzner-token", clouds.HetznerEndpoint, "nbg1/cx23")
            : ("digitalocean-token", clouds.DigitalOceanEndpoint, "fra1/s-1vcpu-1gb");
        var section = $"--Servers:Providers:{cloud}";
        return
        [
            "--Servers:Providers:local:Enabled=false", $"--Servers:DefaultProvider={cloud}", "--Servers:MaxServers=100000",
            $"{section}:Token={token}", $"{section}:Endpoint={endpoint}", $"{section}:CallTimeout=00:00:03",
            $"{section}:ConsistencyWindow=00:00:01", $"{section}:Alternatives={alternative}", $"{section}:MaxCallsPerSecond=1000",
        ];
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Service.DisposeAsync();
        }
        finally
        {
            await Clouds.DisposeAsync();
        }
    }
}
