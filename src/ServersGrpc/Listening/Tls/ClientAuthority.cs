using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ServersGrpc.Listening.Tls;

/// <summary>Who issues certificates to callers. Nobody else does, whatever the machine trusts.</summary>
internal sealed class ClientAuthority
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2Collection _certificates;

    private ClientAuthority(X509Certificate2Collection certificates) => _certificates = certificates;

    /// <summary>Watches the file that it is in.</summary>
    /// <exception cref="TlsFileException">It can't be used.</exception>
    public static WatchedFiles<ClientAuthority> Watch(string file) => new([file], texts => Parse(texts[0], file));

    /// <summary>Lets a handshake ask for a certificate, and take none but its own.</summary>
    public void ApplyTo(SslServerAuthenticationOptions handshake)
    {
        handshake.ClientCertificateRequired = true;
        handshake.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            ApplicationPolicy = { ClientAuthentication },
        };
        handshake.CertificateChainPolicy.CustomTrustStore.AddRange(_certificates);
        // Asked for, not demanded: a caller may bring a token instead.
        handshake.RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificate is null || errors == SslPolicyErrors.None;
        // A session that goes on would be of an authority that may be none any more.
        handshake.AllowTlsResume = false;
    }

    private static ClientAuthority Parse(string text, string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new TlsFileException($"The certificates in {file} can't be read: {e.Message}", e);
        }
        if (certificates.Count == 0)
            throw new TlsFileException($"{file} holds no certificate (PEM: CERTIFICATE).");
        if (!certificates.Any(certificate => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)))
            throw new TlsFileException($"{file} holds no root, a certificate that is issued by itself: every chain ends with one. Add it.");
        return new(certificates);
    }
}
