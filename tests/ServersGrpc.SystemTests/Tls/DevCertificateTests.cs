using System.Runtime.Versioning;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Tls;

/// <summary>The first steps with TLS: a switch, and a file to trust.</summary>
[UnsupportedOSPlatform("windows")]
public class DevCertificateTests(ITestOutputHelper output) : ServiceTest(output)
{
    // The switch stands before another argument, which it must not take for its value.
    protected override string[] Options => ["--dev-certificate", "--urls", "https://127.0.0.1:0"];

    private string Trusted => Path.Combine(Service.DataDirectory, "dev-certificate.pem");

    [Fact]
    public async Task Switch_FirstSteps_ServesByTheFileThatIsNamed()
    {
        Assert.Contains($"--cacert {Trusted}", Service.Log, StringComparison.Ordinal);
        var port = new Uri(Service.Address).Port;
        foreach (var host in (string[])["127.0.0.1", "localhost"])
        {
            var answer = await Curl.SendAsync("--cacert", Trusted, "--ipv4", $"https://{host}:{port}/healthz");
            Assert.Equal((200, "OK"), (answer.Status, answer.Body));
        }
        var key = Path.Combine(Service.DataDirectory, "dev-certificate.key");
        Assert.All((string[])[Trusted, key], file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));

        var made = await File.ReadAllTextAsync(Trusted);
        await Service.StopAsync();
        await Service.StartAsync();
        Assert.Equal(made, await File.ReadAllTextAsync(Trusted));

        // Half of one, as a crash may leave it, is made again.
        await Service.StopAsync();
        await File.WriteAllTextAsync(key, "");
        await Service.StartAsync();
        Assert.NotEqual(made, await File.ReadAllTextAsync(Trusted));
        Assert.Equal(200, (await Curl.SendAsync("--cacert", Trusted, $"{Service.Address}/healthz")).Status);
    }
}
