using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using ServersGrpc.SystemTests.Clouds;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>How the README has users reach their servers: its very commands, run by a shell, with curl, OpenSSL and Docker's command line.</summary>
public sealed partial class ReachingTests(ITestOutputHelper output)
{
    private const int Many = 200;

    // What two curls print one after the other.
    private const string TwoPings = "OKOK";

    private static readonly string Documentation = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public async Task TourCommands_LocalServer_ReachItByNameAndByAddress()
    {
        await using var service = await ServiceProcess.StartAsync(output);
        await service.ProvisionRunningAsync("builder");

        var result = await RunAsync(service, Documented("--resolve"), Documented("docker -H tcp://$ADDRESS"));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.StartsWith(TwoPings, result.Output, StringComparison.Ordinal);
        Assert.Single(LocalVersion().Matches(result.Output));
    }

    [Fact]
    public async Task CommandsByName_LocalServer_ReachIt()
    {
        await using var service = await ServiceProcess.StartAsync(output);
        await service.ProvisionRunningAsync("builder");

        var result = await RunAsync(service, Documented("--resolve"), Documented("/etc/hosts"));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.StartsWith(TwoPings, result.Output, StringComparison.Ordinal);
        Assert.Equal(2, LocalVersion().Count(result.Output));
    }

    [Fact]
    public async Task CommandsByName_ServerOfACloud_ReachItAndItsAddressAloneDoesNot()
    {
        await using var lane = await CloudLane.StartAsync("hetznercloud", output);
        await lane.Service.ProvisionRunningAsync("builder");

        var byName = await RunAsync(lane.Service, Documented("--resolve"), Documented("/etc/hosts"));
        var byAddress = await RunAsync(lane.Service, Documented("--resolve"), Documented("docker -H tcp://$ADDRESS").Split('\n')[1]);

        Assert.True(byName.ExitCode == 0, byName.Error);
        Assert.StartsWith(TwoPings, byName.Output, StringComparison.Ordinal);
        Assert.Equal(2, CloudVersion().Count(byName.Output));
        // As the table says: a cloud's address is not known beforehand.
        Assert.NotEqual(0, byAddress.ExitCode);
        Assert.Contains("doesn't contain any IP SANs", byAddress.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-verify_ip", "ADDRESS", true)]
    [InlineData("-verify_ip", "127.0.0.1", false)]
    [InlineData("-verify_hostname", "builder", true)]
    [InlineData("-verify_hostname", "another", false)]
    public async Task Verification_ByOpenSsl_IsOfTheNameAndTheAddressAlone(string option, string value, bool verified)
    {
        await using var service = await ServiceProcess.StartAsync(output);
        var server = await service.ProvisionRunningAsync("builder");
        using var pems = new Pems(server);

        var result = await ExternalCommand.RunAsync(
            "openssl",
            [
                "s_client", "-connect", $"{server.Address}:2376", "-verify_return_error", "-CAfile", pems.CaCertificate,
                "-cert", pems.Certificate, "-key", pems.Key, option, value == "ADDRESS" ? server.Address : value,
            ]);

        Assert.Equal(verified, result.ExitCode == 0);
        Assert.Equal(verified, result.Output.Contains("Verify return code: 0 (ok)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rotate_LocalServer_IsReachedByItsAddressStill()
    {
        await using var service = await ServiceProcess.StartAsync(output);
        var before = await service.ProvisionRunningAsync("builder");

        var after = await service.RotateAsync("builder");

        Assert.Equal(before.Address, after.Address);
        Assert.NotEqual(before.TlsCert, after.TlsCert);
        var ping = await after.PingByAddressAsync();
        Assert.Equal((200, "OK"), (ping.Status, ping.Body));
    }

    [Fact]
    public async Task Provision_ManyAtOnceAroundAKill_EachHasAnAddressOfItsOwnFromTheStart()
    {
        await using var service = await ServiceProcess.StartAsync(output, $"--Servers:MaxServers={3 * Many}");
        var kept = await service.ProvisionRunningAsync("kept");
        // Two hundred processes are not what this is about.
        await service.PauseAsync();
        var first = await ProvisionManyAsync(service, "a");

        await service.KillAsync();
        await service.StartAsync();
        var second = await ProvisionManyAsync(service, "b");

        var addresses = first.Concat(second).Append(kept).Select(AddressOfCertificate).ToList();
        Assert.Equal((2 * Many) + 1, addresses.Distinct().Count());
        Assert.Equal(kept.Address, AddressOfCertificate(kept));
    }

    [Fact]
    public async Task Provision_PausedServiceKilled_TheServerIsMadeWhereItsRecordSaid()
    {
        await using var service = await ServiceProcess.StartAsync(output);
        await service.PauseAsync();
        var pending = await service.ProvisionAsync("builder");
        Assert.Equal(("pending", ""), (pending.State, pending.Address));

        await service.KillAsync();
        await service.StartAsync();
        await service.ResumeAsync();
        var running = await service.BecomesAsync("builder", "running");

        Assert.Equal(AddressOfCertificate(pending), running.Address);
        var ping = await running.PingByAddressAsync();
        Assert.Equal((200, "OK"), (ping.Status, ping.Body));
    }

    /// <summary>The address that the certificate is for.</summary>
    private static string AddressOfCertificate(ServerView server)
    {
        using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(server.TlsCert));
        return Assert.Single(certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateIPAddresses()).ToString();
    }

    private static Task<ServerView[]> ProvisionManyAsync(ServiceProcess service, string prefix) =>
        Task.WhenAll(Enumerable.Range(0, Many).Select(i => service.ProvisionAsync($"{prefix}{i}")));

    /// <summary>The first block of commands of the README with this in it.</summary>
    private static string Documented(string mark) =>
        CodeBlock().Matches(Documentation).Select(block => block.Groups[1].Value).First(block => block.Contains(mark, StringComparison.Ordinal));

    /// <summary>Runs commands as a user does after the start of the tour, in a directory with a host table that is not this machine's.</summary>
    private static async Task<CommandResult> RunAsync(ServiceProcess service, params string[] blocks)
    {
        var directory = ServiceProcess.NewDirectory();
        try
        {
            // The mount is this shell's alone, which is root already.
            var script =
                $"""
                set -e
                cd {directory}
                cp /etc/hosts hosts
                mount --bind hosts /etc/hosts
                sudo() (
                    "$@"
                )
                API={service.Address}/api/servers
                {string.Join('\n', blocks)}
                """;
            var command = Root.Command("unshare", "--mount", "bash", "-c", script);
            return await ExternalCommand.RunAsync(
                command[0], command[1..],
                new Dictionary<string, string> { ["TOKEN"] = service.Token, ["DOCKER_CONFIG"] = Path.Combine(directory, "docker") });
        }
        finally
        {
            await Root.RunAsync("rm", "-rf", directory);
        }
    }

    [GeneratedRegex(@"^```\w*\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    // What Docker's command line prints of what a server told.
    [GeneratedRegex("^Server: ServersGrpc local server$", RegexOptions.Multiline)]
    private static partial Regex LocalVersion();

    [GeneratedRegex("^ +Version: +27\\.3\\.1$", RegexOptions.Multiline)]
    private static partial Regex CloudVersion();
}
