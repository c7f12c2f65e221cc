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
        : base(output, lifetime: null, $"--Servers:Tls:ClientAuthority={Path.Combine(callers.Directory, "authority.pem")}")
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

    private static string[] Shown((string Certificate, string Key) client) => ["--cert", client.Certificate, "--key", client.Key];
}
