using System.Net;
using System.Net.Sockets;
using ServersGrpc.Engine.Servers;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Docker;

/// <summary>
/// A Docker Engine of the test's own, which has the image <see cref="PingImage"/>: no network of its own, and all its files in one directory.
/// It listens on a unix socket, and on TCP with TLS. Disposing ends it and all that it started.
/// </summary>
public sealed class DockerDaemon : IAsyncLifetime
{
    private readonly string _directory = ServiceProcess.NewDirectory();
    private readonly int _port = FreePort();
    private readonly ServerCredentials _credentials = new ServerCredentialsFactory(TimeProvider.System).Create("engine", IPAddress.Loopback);
    private ExternalCommand? _process;

    public string UnixEndpoint => $"unix://{_directory}/engine.sock";

    public string TlsEndpoint => $"tcp://127.0.0.1:{_port}";

    /// <summary>The certificates that engine and clients show each other.</summary>
    public string CaFile => File("ca.pem");

    public string CertificateFile => File("cert.pem");

    public string KeyFile => File("key.pem");

    public async Task InitializeAsync()
    {
        await System.IO.File.WriteAllBytesAsync(CaFile, _credentials.CaCertificate.ToArray());
        await System.IO.File.WriteAllBytesAsync(CertificateFile, _credentials.TlsCertificate.ToArray());
        await System.IO.File.WriteAllBytesAsync(KeyFile, _credentials.TlsKey.ToArray());
        string[] command = Root.Command(
            "dockerd", "--data-root", File("data"), "--exec-root", File("exec"), "--pidfile", File("engine.pid"), "--group", await GroupAsync(),
            "--iptables=false", "--bridge=none", "--storage-driver=vfs", "--host", UnixEndpoint, "--host", TlsEndpoint,
            "--tlsverify", "--tlscacert", CaFile, "--tlscert", CertificateFile, "--tlskey", KeyFile);
        _process = ExternalCommand.Start(command[0], command[1..]);
        await Eventually.SeeAsync(() => RunAsync("version"), result => result.ExitCode == 0, "the engine answers");
        await PingImage.ImportAsync(this);
    }

    /// <summary>Runs Docker's command line on the engine, to its end, which must be success.</summary>
    public async Task<string> DockerAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"docker {string.Join(' ', arguments)}: {result.Error}");
        return result.Output.Trim();
    }

    /// <summary>The containers of an installation, whatever their state, each with what the format says.</summary>
    public async Task<string[]> ContainersAsync(string installationId, string format = "{{.ID}}")
    {
        var containers = await DockerAsync(
            "ps", "--all", "--no-trunc", "--filter", $"label=servers-grpc.installation={installationId}", "--format", format);
        return containers.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Removes what a test left.</summary>
    public async Task RemoveAllAsync(string installationId)
    {
        if (await ContainersAsync(installationId) is { Length: > 0 } left)
            await DockerAsync(["rm", "--force", "--volumes", .. left]);
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            // Its containers would be waited for, one grace after the other.
            if (await DockerAsync("ps", "--all", "--quiet") is { Length: > 0 } left)
                await DockerAsync(["rm", "--force", "--volumes", .. left.Split('\n')]);
            await Root.RunAsync("kill", "-TERM", (await System.IO.File.ReadAllTextAsync(File("engine.pid"))).Trim());
            await _process.WaitAsync();
            await _process.DisposeAsync();
        }
        foreach (var mount in Mounts())
            await Root.RunAsync("umount", mount);
        await Root.RunAsync("rm", "-rf", _directory);
    }

    internal string File(string name) => Path.Combine(_directory, name);

    private Task<CommandResult> RunAsync(params string[] arguments) =>
        ExternalCommand.RunAsync("docker", ["--host", UnixEndpoint, .. arguments], new Dictionary<string, string> { ["DOCKER_CONFIG"] = File("client") });

    // Of the network namespace that containers share with this machine, for one. Innermost first.
    private IEnumerable<string> Mounts() => System.IO.File.ReadAllLines("/proc/mounts")
        .Select(line => line.Split(' ')[1]).Where(path => path.StartsWith(_directory + '/', StringComparison.Ordinal)).Reverse();

    // Whoever runs the tests must be able to use the socket.
    private static async Task<string> GroupAsync() => (await ExternalCommand.RunAsync("id", ["--group"])).Output.Trim();

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
