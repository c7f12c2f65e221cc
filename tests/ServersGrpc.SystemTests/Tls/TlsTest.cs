using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Tls;

/// <summary>A test with a service that listens on https, with a certificate of an authority of its own.</summary>
public abstract class TlsTest : ServiceTest
{
    private readonly string[] _options;

    private protected TlsTest(ITestOutputHelper output, TimeSpan? lifetime = null, params string[] options) : base(output)
    {
        var (certificate, key) = Authority.Server(lifetime: lifetime);
        (CertificateFile, KeyFile) = (Path.Combine(Authority.Directory, "used.pem"), Path.Combine(Authority.Directory, "used.key"));
        Put(certificate, key);
        _options =
        [
            "--urls=https://127.0.0.1:0", $"--Servers:Tls:CertificateFile={CertificateFile}", $"--Servers:Tls:KeyFile={KeyFile}", .. options,
        ];
    }

    internal TestAuthority Authority { get; } = new();

    internal string CertificateFile { get; }

    internal string KeyFile { get; }

    protected override string[] Options => _options;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Authority.Dispose();
    }

    /// <summary>Exchanges the files that the service uses, each by a rename.</summary>
    internal void Put(string certificate, string key)
    {
        foreach (var (from, to) in ((string, string)[])[(certificate, CertificateFile), (key, KeyFile)])
        {
            File.Copy(from, to + ".new", overwrite: true);
            File.Move(to + ".new", to, overwrite: true);
        }
    }

    internal Task<CurlResponse> GetAsync(string path, params string[] arguments) =>
        Curl.SendAsync(["--cacert", Authority.RootFile, "--header", $"Authorization: Bearer {Service.Token}", .. arguments, Service.Address + path]);

    /// <summary>The subject of the certificate that a new connection is shown.</summary>
    internal async Task<string> ShownAsync(params string[] arguments)
    {
        var shown = await ExternalCommand.RunAsync(
            "openssl", ["s_client", "-connect", new Uri(Service.Address).Authority, "-CAfile", Authority.RootFile, "-verify_return_error", .. arguments]);
        return shown.Output.Split('\n').FirstOrDefault(line => line.StartsWith("subject=", StringComparison.Ordinal))?["subject=".Length..].Trim() ?? shown.Error;
    }
}
