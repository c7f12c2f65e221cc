using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ServersGrpc.Engine.Providers.Local;

namespace ServersGrpc.Agent;

/// <summary>What an agent presents, and whom it lets in: those who present a certificate of the server's own authority.</summary>
internal sealed class AgentIdentity
{
    private readonly X509Certificate2 _certificate;
    private readonly SslStreamCertificateContext _context;

    /// <exception cref="System.Security.Cryptography.CryptographicException">They are no credentials.</exception>
    /// <exception cref="ArgumentException">The key is not the certificate's.</exception>
    public AgentIdentity(AgentCredentials credentials)
    {
        Authority = X509Certificate2.CreateFromPem(credentials.CaCertificate);
        _certificate = X509Certificate2.CreateFromPem(credentials.TlsCertificate, credentials.TlsKey);
        _context = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true);
    }

    public X509Certificate2 Authority { get; }

    /// <summary>Whether whoever holds the same credentials can reach this agent with them.</summary>
    public bool LetsItselfIn()
    {
        using var chain = new X509Chain { ChainPolicy = Policy() };
        return chain.Build(_certificate);
    }

    /// <summary>For one connection: what checks it writes into the policy.</summary>
    public SslServerAuthenticationOptions TlsOptions() => new()
    {
        ServerCertificateContext = _context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        // What was let in with an earlier identity must not come back with a ticket of then.
        AllowTlsResume = false,
        ClientCertificateRequired = true,
        CertificateChainPolicy = Policy(),
        RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None,
    };

    // Trust nothing but the server's own authority, whatever the machine trusts.
    private X509ChainPolicy Policy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { Authority },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };
}
