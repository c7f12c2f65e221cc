using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Tls;

/// <summary>Callers who are asked for a certificate.</summary>
public class ClientCertificateTests : TlsTest
{
    private static readonly TimeSpan Past = TimeSpan.FromHours(-1);

    private readonly TestAuthority _callers;
    private readonly string _authorityFile;

    public ClientCertificateTests(ITestOutputHelper output) : this(output, new("callers"))
    {
    }

    private ClientCertificateTests(ITestOutputHelper output, TestAuthority callers)
        : base(
            output, lifetime: null, $"--Servers:Tls:ClientAuthority={Path.Combine(callers.Directory, "authority.pem")}",
            "--Servers:Auth:Certificates:ci:Subject=CN=ci", "--Servers:Auth:Certificates:ci:Role=operator", "--Servers:Auth:Certificates:ci:Scope=team=a",
            "--Servers:Auth:Certificates:eye:Subject=CN=eye", "--Servers:Auth:Certificates:eye:Role=viewer")
    {
        _callers = callers;
        _authorityFile = Path.Combine(callers.Directory, "authority.pem");
        // Of several that the file may hold, the second.
        File.WriteAllText(_authorityFile, File.ReadAllText(Authority.RootFile) + "\n" + File.ReadAllText(callers.RootFile));
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _callers.Dispose();
    }

    [Theory]
    [InlineData("--tlsv1.3")]
    [InlineData("--tls-max", "1.2")]
    public async Task Certificate_OfTheAuthorityOrNone_Connects(params string[] version)
    {
        Assert.Equal(200, (await GetAsync("/api/servers", version)).Status);
        Assert.Equal(200, (await GetAsync("/api/servers", [.. version, .. Shown(_callers.Client())])).Status);
    }

    [Theory]
    [InlineData("stranger")]
    [InlineData("expired")]
    [InlineData("server")]
    public async Task Certificate_OfAnyOtherKind_IsRefused(string kind)
    {
        using var strangers = new TestAuthority("callers");
        var shown = kind switch
        {
            "stranger" => strangers.Client(),
            "expired" => _callers.Client(lifetime: Past),
            _ => _callers.Server("machine"),
        };

        foreach (var version in (string[][])[["--tlsv1.3"], ["--tls-max", "1.2"]])
        {
            var answer = await GetAsync("/api/servers", [.. version, .. Shown(shown)]);
            Assert.Equal(0, answer.Status);
            Assert.NotEqual(0, answer.ExitCode);
        }
    }

    [Fact]
    public async Task Authority_Exchanged_HoldsForNewConnections()
    {
        using var next = new TestAuthority("next");
        var (before, after) = (Shown(_callers.Client()), Shown(next.Client()));
        Assert.Equal((200, 0), ((await GetAsync("/healthz", before)).Status, (await GetAsync("/healthz", after)).Status));

        File.Copy(next.RootFile, _authorityFile + ".new");
        File.Move(_authorityFile + ".new", _authorityFile, overwrite: true);

        await Eventually.SeeAsync(() => GetAsync("/healthz", after), answer => answer.Status == 200, "the new authority holds");
        Assert.Equal(0, (await GetAsync("/healthz", before)).Status);
    }

    [Fact]
    public async Task Certificate_OfAKnownSubject_LetsInWithItsRoleAndScope()
    {
        Assert.Equal(204, (await GetAsync("/api/pause", "--request", "POST")).Status);
        var made = await SendAsync("ci", "POST", "/api/servers");
        var seen = JsonNode.Parse((await SendAsync("ci", "GET", "/api/servers")).Body)!.AsArray();
        var withheld = JsonNode.Parse((await SendAsync("eye", "GET", "/api/servers")).Body)!.AsArray();

        Assert.Equal((200, "a"), (made.Status, (string)JsonNode.Parse(made.Body)!["labels"]!["team"]!));
        Assert.NotEqual("", (string)Assert.Single(seen)!["secret"]!);
        Assert.Equal("", (string)Assert.Single(withheld)!["secret"]!);
        Assert.Equal(403, (await SendAsync("eye", "POST", "/api/servers")).Status);
        Assert.Equal(403, (await SendAsync("ci", "GET", "/varz")).Status);
        Assert.Equal(401, (await SendAsync("unknown", "GET", "/api/servers")).Status);
        // A browser would show its certificate for a page of another site too.
        foreach (var header in (string[])["Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: https://evil.example", "Origin: null"])
            Assert.Equal(401, (await SendAsync("ci", "POST", "/api/servers", "--header", header)).Status);
        foreach (var header in (string[])["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none", $"Origin: {Service.Address}"])
            Assert.Equal(200, (await SendAsync("ci", "GET", "/api/servers", "--header", header)).Status);
        // A token that is sent counts, and not the certificate beside it.
        Assert.Equal(401, (await SendAsync("ci", "GET", "/api/servers", "--header", "Authorization: Bearer wrong")).Status);
        var events = JsonNode.Parse((await SendAsync("eye", "GET", $"/api/servers/{(string)seen[0]!["name"]!}/events")).Body)!;
        Assert.Equal("certificate:CN=ci", (string)events[0]!["actor"]!);
    }

    private Task<CurlResponse> SendAsync(string caller, string method, string path, params string[] arguments) =>
        Curl.SendAsync(["--cacert", Authority.RootFile, "--request", method, .. Shown(_callers.Client(caller)), .. arguments, Service.Address + path]);

    private static string[] Shown((string Certificate, string Key) client) => ["--cert", client.Certificate, "--key", client.Key];
}
