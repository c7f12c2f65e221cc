using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>Makes the connections to an engine: over its unix socket, or TCP with the certificates of its section.</summary>
internal static class DockerConnection
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public static SocketsHttpHandler Handler(DockerProviderOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = ConnectTimeout,
        };
        if (options.EngineEndpoint.SocketPath is { Length: > 0 } path)
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        else if (options.CaFile.Length > 0)
            handler.SslOptions = TlsOptions(DockerCertificates.Load(options));
        return handler;
    }

    /// <summary>
    /// Why an engine ends connections over TLS, where it says so. In TLS 1.3 a client whose certificate is refused finds its connection
    /// reset; the handshake of TLS 1.2 tells it the reason.
    /// </summary>
    public static async Task<AuthenticationException?> RefusalAsync(DockerProviderOptions options, CancellationToken cancellationToken)
    {
        if (options.CaFile.Length == 0)
            return null;
        var engine = options.EngineEndpoint.Base;
        var tlsOptions = TlsOptions(DockerCertificates.Load(options));
        tlsOptions.TargetHost = engine.IdnHost;
        tlsOptions.EnabledSslProtocols = SslProtocols.Tls12;
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(engine.IdnHost, engine.Port, cancellationToken);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(tlsOptions, cancellationToken);
            return null;
        }
        catch (AuthenticationException refusal)
        {
            return refusal;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The network, then: what it said the first time is as good.
            return null;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions TlsOptions(DockerCertificates certificates)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(certificates.Authority);
        return new()
        {
            ClientCertificateContext = SslStreamCertificateContext.Create(certificates.Client, additionalCertificates: null, offline: true),
            CertificateChainPolicy = policy,
        };
    }
}
