using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ServersGrpc.Engine.Servers;

/// <summary>
/// Makes the keys of a new server: an authority that signs this server alone, and the one pair that the engine on it and its callers
/// present to each other.
/// </summary>
public sealed class ServerCredentialsFactory(TimeProvider timeProvider)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1080);

    // Machines boot with clocks that are hours behind. None must find its own certificate "not yet valid".
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    private static readonly X509Extension IsAuthority =
        X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0);
    private static readonly X509Extension IsLeaf = X509BasicConstraintsExtension.CreateForEndEntity(critical: true);
    private static readonly X509Extension SignsCertificates = new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true);
    private static readonly X509Extension SignsHandshakes = new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true);
    private static readonly X509Extension ServesAndCalls =
        new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], critical: false);

    /// <summary>Makes new credentials.</summary>
    /// <param name="name">The server's name, which its callers check.</param>
    /// <param name="address">The server's IP address, which its callers may check instead; null where it is not known yet.</param>
    public ServerCredentials Create(string name, IPAddress? address = null)
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var tlsKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var caPublicKey = new PublicKey(caKey);
        var tlsPublicKey = new PublicKey(tlsKey);
        var caKeyId = new X509SubjectKeyIdentifierExtension(caPublicKey, critical: false);
        var authority = Subject(name, "Server authority");
        // In the precision of certificates.
        var notBefore = DateTimeOffset.FromUnixTimeSeconds((timeProvider.GetUtcNow() - ClockSkew).ToUnixTimeSeconds());
        var expires = notBefore + Lifetime;
        var writer = new CertificateWriter(caKey, authority, notBefore, expires);
        var caCertificate = writer.Write(authority, caPublicKey, IsAuthority, SignsCertificates, caKeyId);
        var tlsCertificate = writer.Write(
            Subject(name, "Server"),
            tlsPublicKey,
            IsLeaf,
            SignsHandshakes,
            ServesAndCalls,
            AlternativeNames(name, address),
            new X509SubjectKeyIdentifierExtension(tlsPublicKey, critical: false),
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(caKeyId));
        return new ServerCredentials(
            Pem(caKey.ExportPkcs8PrivateKeyPem()), Pem(caCertificate), Pem(tlsKey.ExportPkcs8PrivateKeyPem()), Pem(tlsCertificate))
        {
            Expires = expires,
        };
    }

    private static X509Extension AlternativeNames(string name, IPAddress? address)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (address is not null)
        {
            names.AddIpAddress(address);
        }

        return names.Build();
    }

    // The two subjects differ by their organization: a leaf named like its issuer would look self-signed.
    private static X500DistinguishedName Subject(string name, string organization)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(organization);
        subject.AddCommonName(name);
        return subject.Build();
    }

    private static byte[] Pem(string pem) => Encoding.ASCII.GetBytes(pem + '\n');
}
