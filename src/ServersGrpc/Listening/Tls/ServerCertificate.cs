using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ServersGrpc.Listening.Tls;

/// <summary>A certificate with its key and its chain, ready to be shown.</summary>
internal sealed class ServerCertificate
{
    private ServerCertificate(X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        Subject = certificate.Subject;
        NotAfter = certificate.NotAfter.ToUniversalTime();
        // Offline: nothing is fetched from addresses that a certificate names.
        Context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    public SslStreamCertificateContext Context { get; }

    public string Subject { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>Watches the two files that it is in.</summary>
    /// <exception cref="TlsFileException">They can't be used.</exception>
    public static WatchedFiles<ServerCertificate> Watch(string certificateFile, string keyFile) =>
        new([certificateFile, keyFile], texts => Parse(texts[0], texts[1], certificateFile, keyFile));

    private static ServerCertificate Parse(string certificates, string key, string certificateFile, string keyFile)
    {
        var labels = PemLabels.Of(key);
        if (labels.Contains("ENCRYPTED PRIVATE KEY") || key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw new TlsFileException($"The key in {keyFile} is encrypted, and nobody is there to enter its passphrase. Decrypt it: "
                + $"openssl pkey -in {keyFile} -out NEW-FILE, which only the service's user may read.");
        if (!labels.Any(label => label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)))
            throw new TlsFileException($"{keyFile} holds no private key (PEM: PRIVATE KEY, EC PRIVATE KEY or RSA PRIVATE KEY).");
        if (!PemLabels.Of(certificates).Contains("CERTIFICATE"))
            throw new TlsFileException($"{certificateFile} holds no certificate (PEM: CERTIFICATE).");
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificates);
            return new(X509Certificate2.CreateFromPem(certificates, key), chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new TlsFileException(
                $"The key in {keyFile} is not that of the first certificate in {certificateFile}, or one of the two is damaged: {e.Message}", e);
        }
    }
}
