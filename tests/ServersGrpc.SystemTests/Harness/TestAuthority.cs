using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>A certificate authority with an intermediate one, and the files of what they issue.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    public TestAuthority(string name = "test")
    {
        _root = MakeAuthority($"CN={name} root", issuer: null);
        _intermediate = MakeAuthority($"CN={name} intermediate", _root);
        File.WriteAllText(RootFile, _root.ExportCertificatePem());
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("servers-").FullName;

    public X509Certificate2 Root => _root;

    public string RootFile => Path.Combine(Directory, "root.pem");

    /// <summary>A certificate of this machine, with the chain that leads to the root.</summary>
    public (string Certificate, string Key) Server(string file = "server", TimeSpan? lifetime = null) => Issue(file, ServerPurpose, lifetime);

    /// <summary>A certificate of a caller.</summary>
    public (string Certificate, string Key) Client(string file = "client", TimeSpan? lifetime = null) => Issue(file, ClientPurpose, lifetime);

    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private (string Certificate, string Key) Issue(string file, string purpose, TimeSpan? lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={file}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        using var certificate = request.Create(
            _intermediate, _now.AddHours(-2), _now + (lifetime ?? TimeSpan.FromDays(90)), RandomNumberGenerator.GetBytes(8));
        var (pem, keyPem) = (Path.Combine(Directory, $"{file}.pem"), Path.Combine(Directory, $"{file}.key"));
        File.WriteAllText(pem, $"{certificate.ExportCertificatePem()}\n{_intermediate.ExportCertificatePem()}\n");
        File.WriteAllText(keyPem, key.ExportPkcs8PrivateKeyPem());
        return (pem, keyPem);
    }

    private X509Certificate2 MakeAuthority(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        if (issuer is null)
            return request.CreateSelfSigned(_now.AddDays(-1), _now.AddYears(1));
        using var made = request.Create(issuer, _now.AddDays(-1), _now.AddDays(300), RandomNumberGenerator.GetBytes(8));
        return made.CopyWithPrivateKey(key);
    }
}
