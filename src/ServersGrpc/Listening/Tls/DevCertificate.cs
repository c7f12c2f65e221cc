using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Listening.Tls;

/// <summary>
/// A certificate for first steps on this machine, signed by itself and kept in the data directory. Whoever trusts it trusts nothing else by
/// that: it can't issue others.
/// </summary>
internal static class DevCertificate
{
    public const string FileName = "dev-certificate.pem";
    public const string KeyFileName = "dev-certificate.key";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewedBefore = TimeSpan.FromDays(30);

    // A caller's clock may be behind.
    private static readonly TimeSpan Backdating = TimeSpan.FromMinutes(5);

    /// <summary>Makes it where there is none that will do for a while.</summary>
    public static void MakeIfDue(DataDirectory directory, DateTimeOffset now)
    {
        if (!IsGood(directory, now))
            Make(directory, now);
    }

    private static bool IsGood(DataDirectory directory, DateTimeOffset now)
    {
        try
        {
            return ServerCertificate.Watch(directory.File(FileName), directory.File(KeyFileName)).Value.NotAfter - now > RenewedBefore;
        }
        catch (TlsFileException)
        {
            // None yet, or half of one that a crash has left.
            return false;
        }
    }

    private static void Make(DataDirectory directory, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
        {
            CertificateExtensions =
            {
                new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true),
                new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true),
                new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false),
                names.Build(),
            },
        };
        using var certificate = request.CreateSelfSigned(now - Backdating, now + Lifetime);
        directory.WritePrivate(KeyFileName, key.ExportPkcs8PrivateKeyPem() + "\n");
        directory.WritePrivate(FileName, certificate.ExportCertificatePem() + "\n");
    }
}
