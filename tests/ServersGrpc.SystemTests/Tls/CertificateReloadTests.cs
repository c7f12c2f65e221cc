using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Tls;

/// <summary>Certificates that are exchanged while the service runs, in the ways that programs do it.</summary>
public class CertificateReloadTests(ITestOutputHelper output) : TlsTest(output, lifetime: null, "--Servers:Tls:HstsMaxAge=0")
{
    [Fact]
    public async Task NewFiles_Renamed_AreShownToNewConnections()
    {
        Assert.Equal("CN = server", await ShownAsync());
        using var old = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
        Assert.Equal("OK", await old.GetStringAsync($"{Service.Address}/healthz"));

        var (certificate, key) = Authority.Server("renewed");
        Put(certificate, key);

        await BecomesAsync("CN = renewed");
        Assert.Equal("OK", await old.GetStringAsync($"{Service.Address}/healthz"));
        Assert.DoesNotContain("warn:", Service.Log, StringComparison.Ordinal);
        Assert.Null((await GetAsync("/healthz")).Header("Strict-Transport-Security"));
    }

    [Fact]
    public async Task NewFiles_BehindALinkThatIsTurned_AreShown()
    {
        // As Kubernetes does it: the files stay links to a directory's files, and that directory's link is turned.
        var (first, second) = (Directory.CreateDirectory(Path.Combine(Authority.Directory, "1")), Directory.CreateDirectory(Path.Combine(Authority.Directory, "2")));
        Fill(first, "first");
        Fill(second, "second");
        var turned = Path.Combine(Authority.Directory, "turned");
        Directory.CreateSymbolicLink(turned, first.FullName);
        foreach (var file in (string[])[CertificateFile, KeyFile])
        {
            File.Delete(file);
            File.CreateSymbolicLink(file, Path.Combine(turned, Path.GetFileName(file)));
        }
        await BecomesAsync("CN = first");

        Directory.CreateSymbolicLink(turned + ".new", second.FullName);
        // Over a link to a directory, which the runtime would move into it.
        Assert.Equal(0, (await ExternalCommand.RunAsync("mv", ["-T", turned + ".new", turned])).ExitCode);

        await BecomesAsync("CN = second");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("another key")]
    [InlineData("gone")]
    public async Task NewFiles_ThatCantBeUsed_ChangeNothingAndAreToldOnce(string what)
    {
        var (_, otherKey) = Authority.Server("other");
        if (what == "garbage") await File.WriteAllTextAsync(CertificateFile, "garbage");
        else if (what == "another key") File.Copy(otherKey, KeyFile, overwrite: true);
        else File.Delete(KeyFile);

        await Eventually.BeAsync(() => Warnings() > 0, "the trouble is told");
        Assert.Equal("CN = server", await ShownAsync());
        // Several looks later it is still told once.
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.Equal(1, Warnings());

        var (certificate, key) = Authority.Server("mended");
        Put(certificate, key);
        await BecomesAsync("CN = mended");

        int Warnings() => Service.Log.Split("stays in use").Length - 1;
    }

    private void Fill(DirectoryInfo directory, string name)
    {
        var (certificate, key) = Authority.Server(name);
        File.Copy(certificate, Path.Combine(directory.FullName, Path.GetFileName(CertificateFile)));
        File.Copy(key, Path.Combine(directory.FullName, Path.GetFileName(KeyFile)));
    }

    private Task BecomesAsync(string subject) =>
        Eventually.SeeAsync(() => ShownAsync(), shown => shown == subject, $"{subject} is shown");
}
