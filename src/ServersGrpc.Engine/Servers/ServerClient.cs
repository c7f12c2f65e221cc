using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ServersGrpc.Engine.Servers;

/// <summary>
/// Calls a machine as the server's own client does: with the server's certificate, trusting nothing but the server's authority, and
/// expecting the server's name whatever its address is. One connection.
/// </summary>
internal sealed class ServerClient : IDisposable
{
    private const int DefaultPort = 2376;
    private const int MaxHeaderKilobytes = 8;

    private readonly string _name;
    private readonly string _address;
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _certificate;
    private readonly HttpMessageInvoker _http;

    /// <param name="name">The server's name.</param>
    /// <param name="address">Host, or host:port where the port is not 2376.</param>
    /// <param name="credentials">What it is called with, and believed by.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The credentials are none.</exception>
    public ServerClient(string name, string address, ServerCredentials credentials)
    {
        (_name, _address) = (name, address);
        _authority = X509Certificate2.CreateFromPem(Chars(credentials.CaCertificate));
        _certificate = X509Certificate2.CreateFromPem(Chars(credentials.TlsCertificate), Chars(credentials.TlsKey));
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            SslOptions = TlsOptions(),
        });
    }

    /// <exception cref="UriFormatException">The address is none.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, UriOf(path)) { Content = content };
        request.Headers.Host = _name;
        return _http.SendAsync(request, cancellationToken);
    }

    /// <summary>Why a call had no answer, in words for the server's owner.</summary>
    public static string Reason(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return "connection refused";
                case SocketException socket:
                    return $"connection failed: {socket.SocketErrorCode}";
                case AuthenticationException tls:
                    return $"TLS: {(tls.InnerException ?? tls).Message}";
            }
        }

        return exception.Message;
    }

    public void Dispose()
    {
        _http.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
    }

    private SslClientAuthenticationOptions TlsOptions() => new()
    {
        // A remembered session would only take memory.
        AllowTlsResume = false,
        ClientCertificateContext = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true),
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _authority },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
        RemoteCertificateValidationCallback = (_, presented, _, errors) => Validate(_name, presented, errors),
    };

    // The name is checked here, not by the platform, which takes a name of digits alone for an IP address.
    private static bool Validate(string name, X509Certificate? presented, SslPolicyErrors errors)
    {
        if (presented is not X509Certificate2 certificate)
        {
            throw new AuthenticationException("it presented no certificate");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            throw new AuthenticationException("its certificate is not of the server's authority, or is not valid now");
        }

        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames());
        return names.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? true
            : throw new AuthenticationException($"its certificate is not for the name {name}");
    }

    private Uri UriOf(string path)
    {
        var host = IPAddress.TryParse(_address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 && _address[0] != '['
            ? $"[{_address}]"
            : _address;
        var hasPort = host.LastIndexOf(':') > host.LastIndexOf(']');
        return new Uri(hasPort ? $"https://{host}{path}" : $"https://{host}:{DefaultPort}{path}");
    }

    private static string Chars(ReadOnlyMemory<byte> pem) => Encoding.ASCII.GetString(pem.Span);
}
