using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>What a machine shows to its callers, and whom it lets in.</summary>
/// <param name="Authority">Callers must have a certificate of it.</param>
/// <param name="Server">With its key.</param>
internal sealed partial record MachineCertificates(X509Certificate2 Authority, X509Certificate2 Server) : IDisposable
{
    private static readonly string[] CaNames = ["ca.pem", "ca.crt", "ca-cert.pem", "ca_cert.pem"];
    private static readonly string[] CertificateNames = ["server-cert.pem", "server_cert.pem", "server.pem", "server.crt", "cert.pem", "tls.crt"];
    private static readonly string[] KeyNames = ["server-key.pem", "server_key.pem", "server.key", "key.pem", "tls.key"];

    /// <summary>The certificates in the files that the user data has a machine write; null: there are none, or they do not fit together.</summary>
    public static MachineCertificates? Find(string userData)
    {
        var files = CloudConfig.WrittenFiles(userData);
        var named = NamedByDocker(userData, files);
        var ca = File("tlscacert", CaNames);
        var certificate = File("tlscert", CertificateNames);
        var key = File("tlskey", KeyNames);
        if (ca is null || certificate is null || key is null) return null;
        try
        {
            return new MachineCertificates(X509Certificate2.CreateFromPem(ca), X509Certificate2.CreateFromPem(certificate, key));
        }
        catch (CryptographicException)
        {
            return null;
        }

        // What docker is told counts; names are a guess.
        string? File(string option, string[] names) => named.TryGetValue(option, out var path)
            ? files.GetValueOrDefault(path)
            : files.FirstOrDefault(file => names.Any(name => Path.GetFileName(file.Key).Equals(name, StringComparison.OrdinalIgnoreCase))).Value;
    }

    /// <summary>Certificates of an authority that nobody knows.</summary>
    public static MachineCertificates Forge(string name)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = Request("CN=nobody", authorityKey);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var (from, until) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var ca = authority.CreateSelfSigned(from, until);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = Request($"CN={name}", key);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        server.CertificateExtensions.Add(names.Build());
        using var certificate = server.Create(ca, from, until, [1, 2, 3, 4]);
        return new MachineCertificates(ca, certificate.CopyWithPrivateKey(key));
    }

    public void Dispose()
    {
        Authority.Dispose();
        Server.Dispose();
    }

    private static CertificateRequest Request(string subject, ECDsa key) => new(subject, key, HashAlgorithmName.SHA256);

    /// <summary>The paths that daemon.json, or a command line of dockerd, names.</summary>
    private static Dictionary<string, string> NamedByDocker(string userData, Dictionary<string, string> files)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in files.Values.Append(userData))
        {
            foreach (Match match in TlsOption().Matches(text)) named.TryAdd(match.Groups[1].Value, match.Groups[2].Value);
        }

        return named;
    }

    [GeneratedRegex("""(tlscacert|tlscert|tlskey)["']?\s*[:= ,]\s*["']?(/[^\s"',\]]+)""")]
    private static partial Regex TlsOption();
}
