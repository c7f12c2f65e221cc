using System.Runtime.Versioning;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>What the service keeps from others: users of the machine, the processes that it starts, and pages of a browser.</summary>
[UnsupportedOSPlatform("windows")]
public class HardeningTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const string Secret = "a-secret-of-the-service";
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    protected override IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["SOME_CLOUD_TOKEN"] = Secret,
        ["ASPNETCORE_SECRET"] = Secret,
        ["Servers__NamePrefix"] = "secret-",
    };

    [Fact]
    public async Task Agent_Environment_HoldsNothingOfTheServices()
    {
        var server = await Service.ProvisionRunningAsync("agent");

        var environment = await File.ReadAllTextAsync($"/proc/{Agents.Pid(server)}/environ");

        Assert.Contains(Secret, await File.ReadAllTextAsync($"/proc/{Service.ProcessId}/environ"), StringComparison.Ordinal);
        Assert.Contains("PATH=", environment, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, environment, StringComparison.Ordinal);
        Assert.DoesNotContain("Servers__", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataDirectory_AllThatIsInIt_IsForItsOwnerOnly()
    {
        await Service.ProvisionRunningAsync("agent");

        Assert.Equal(OwnerDirectory, File.GetUnixFileMode(Service.DataDirectory));
        Assert.All(Directory.EnumerateDirectories(Service.DataDirectory, "*", SearchOption.AllDirectories), path => Assert.Equal((path, OwnerDirectory), (path, File.GetUnixFileMode(path))));
        Assert.All(Directory.EnumerateFiles(Service.DataDirectory, "*", SearchOption.AllDirectories), path => Assert.Equal((path, OwnerFile), (path, File.GetUnixFileMode(path))));
    }

    [Fact]
    public async Task DataDirectory_OpenedToOthers_IsClosedAndToldOrRefused()
    {
        await Service.StopAsync();
        var (token, database) = (Path.Combine(Service.DataDirectory, "admin.token"), Path.Combine(Service.DataDirectory, "servers.litedb"));
        File.SetUnixFileMode(Service.DataDirectory, OwnerDirectory | Others);
        File.SetUnixFileMode(token, OwnerFile | UnixFileMode.GroupRead);
        File.SetUnixFileMode(database, OwnerFile | UnixFileMode.OtherRead);

        await Service.StartAsync();

        Assert.Equal((OwnerDirectory, OwnerFile, OwnerFile), (File.GetUnixFileMode(Service.DataDirectory), File.GetUnixFileMode(token), File.GetUnixFileMode(database)));
        Assert.Contains($"{token} was open to other users (0640)", Service.Log, StringComparison.Ordinal);

        await Service.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(Service.DataDirectory, "notes.txt"), "somebody else's");
        File.SetUnixFileMode(Service.DataDirectory, OwnerDirectory | Others);
        var refused = await ServiceProcess.FailToStartAsync(Service.DataDirectory);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"The data directory {Service.DataDirectory} is open to other users (0755) and holds notes.txt", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"chmod 0700 {Service.DataDirectory}", refused.Error, StringComparison.Ordinal);
        Assert.Equal(OwnerDirectory | Others, File.GetUnixFileMode(Service.DataDirectory));
    }

    [Theory]
    [InlineData("/api/servers", 200, "no-store")]
    [InlineData("/api/servers/nobody", 404, "no-store")]
    [InlineData("/api/servers:watch?since_revision=-1", 400, "no-store")]
    [InlineData("/nothing", 404, "no-store")]
    [InlineData("/healthz", 200, "no-store")]
    [InlineData("/version", 200, "no-store")]
    [InlineData("/varz", 200, "no-store")]
    [InlineData("/metrics", 200, "no-store")]
    [InlineData("/openapi.json", 200, null)]
    [InlineData("/docs/index.html", 200, null)]
    [InlineData("/docs/none", 404, null)]
    public async Task Answer_OfEachKind_TellsBrowsersToMakeNothingOfIt(string path, int status, string? cache)
    {
        foreach (var token in (string[])[Service.Token, "wrong"])
        {
            var answer = await Curl.SendAsync("--header", $"Authorization: Bearer {token}", Service.Address + path);

            Assert.True(answer.Status == status || (token == "wrong" && answer.Status == 401), $"{answer.Status}");
            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.Equal("DENY", answer.Header("X-Frame-Options"));
            Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
            Assert.StartsWith("default-src 'none'; ", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Null(answer.Header("Strict-Transport-Security"));
            Assert.Null(answer.Header("Server"));
            if (cache is not null)
                Assert.Equal(cache, answer.Header("Cache-Control"));
        }
    }
}
