using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Asks <c>GET /_ping</c> as the server's own client does: with the server's certificate, trusting nothing but the server's authority,
/// and expecting the server's name whatever its address is.
/// </summary>
/// <param name="timeout">How long connecting, handshake and answer may take together.</param>
/// <param name="timeProvider">Measures the timeout.</param>
public sealed class HttpsProbe(TimeSpan timeout, TimeProvider timeProvider) : IServerProbe
{
    private const int DefaultPort = 2376;
    private const int MaxHeaderKilobytes = 8;

    private static readonly byte[] ExpectedBody = "OK"u8.ToArray();

    public async Task ProbeAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await PingAsync(server, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProbeFailedException($"no answer from {server.Address} within {timeout.TotalSeconds:0.###} s", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ProbeFailedException($"{server.Address}: {Reason(exception)}", exception);
        }
        catch (Exception exception) when (exception is CryptographicException or UriFormatException)
        {
            throw new ProbeFailedException($"the server's credentials or address can't be used: {exception.Message}", exception);
        }
    }

    private static async Task PingAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        using var authority = X509Certificate2.CreateFromPem(Chars(server.Credentials.CaCertificate));
        using var certificate = X509Certificate2.CreateFromPem(
            Chars(server.Credentials.TlsCertificate), Chars(server.Credentials.TlsKey));
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            SslOptions = TlsOptions(server.Name, authority, certificate),
        };
        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, PingUri(server.Address));
        request.Headers.Host = server.Name;
        using var response = await client.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new ProbeFailedException($"{server.Address} answered HTTP {(int)response.StatusCode}");
        }

        if (!await BodyIsExpectedAsync(response.Content, cancellationToken))
        {
            throw new ProbeFailedException($"{server.Address} answered HTTP 200 with a body other than OK");
        }
    }

    private static SslClientAuthenticationOptions TlsOptions(string name, X509Certificate2 authority, X509Certificate2 certificate) => new()
    {
        // Every probe is a connection of its own: a remembered session would only take memory.
        AllowTlsResume = false,
        ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
        RemoteCertificateValidationCallback = (_, presented, _, errors) => Validate(name, presented, errors),
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

    private static async Task<bool> BodyIsExpectedAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[ExpectedBody.Length + 1];
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer.AsSpan(0, length).SequenceEqual(ExpectedBody);
    }

    private static Uri PingUri(string address)
    {
        var host = IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 && address[0] != '['
            ? $"[{address}]"
            : address;
        var hasPort = host.LastIndexOf(':') > host.LastIndexOf(']');
        return new Uri(hasPort ? $"https://{host}/_ping" : $"https://{host}:{DefaultPort}/_ping");
    }

    private static string Reason(Exception exception)
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

    private static string Chars(ReadOnlyMemory<byte> pem) => Encoding.ASCII.GetString(pem.Span);
}
