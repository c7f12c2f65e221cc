using ServersGrpc.Engine.Providers.Docker;

namespace ServersGrpc.SystemTests.Docker;

/// <summary>The options of a service that makes its servers on a test's engine.</summary>
internal static class DockerInstallation
{
    public static DockerProviderOptions Options(DockerDaemon daemon) => new()
    {
        Endpoint = daemon.UnixEndpoint,
        Image = PingImage.Name,
        Sizes = ["small=0.5/64m", "large=1/128m"],
        Networks = ["host"],
        Pull = "never",
        // By this build/test finds, and ends, what a killed test left.
        Environment = [$"TMPDIR={Path.GetTempPath()}"],
    };

    /// <summary>The same as the service's command line has them.</summary>
    public static string[] Arguments(DockerProviderOptions options) =>
    [
        "--Servers:DefaultProvider=docker",
        $"--Servers:Providers:docker:Endpoint={options.Endpoint}",
        $"--Servers:Providers:docker:CaFile={options.CaFile}",
        $"--Servers:Providers:docker:CertificateFile={options.CertificateFile}",
        $"--Servers:Providers:docker:KeyFile={options.KeyFile}",
        $"--Servers:Providers:docker:Image={options.Image}",
        $"--Servers:Providers:docker:Sizes={string.Join(',', options.Sizes)}",
        $"--Servers:Providers:docker:Networks={string.Join(',', options.Networks)}",
        $"--Servers:Providers:docker:Pull={options.Pull}",
        $"--Servers:Providers:docker:Environment={string.Join(',', options.Environment)}",
    ];
}
