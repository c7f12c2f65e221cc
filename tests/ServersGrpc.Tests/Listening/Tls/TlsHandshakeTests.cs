using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using ServersGrpc.Listening.Tls;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.Tests.Listening.Tls;

public sealed class TlsHandshakeTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Theory]
    [InlineData(true, true, "CN=client")]
    [InlineData(true, false, "none")]
    // Whoever is not asked shows nothing.
    [InlineData(false, true, "none")]
    public async Task Begin_ClientCertificate_IsKnownToTheRequest(bool isAsked, bool isShown, string expected)
    {
        var (certificate, key) = _authority.Server();
        var handshake = new TlsHandshake(ServerCertificate.Watch(certificate, key), isAsked ? ClientAuthority.Watch(_authority.RootFile) : null);
        await using var host = await OnePortHost.StartAsync(
            "https://127.0.0.1:0",
            answer: http => http.Response.WriteAsync(http.Connection.ClientCertificate?.Subject ?? "none"),
            handshake: handshake);
        var (client, clientKey) = _authority.Client();
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(client);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                ClientCertificateContext = isShown
                    ? SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(client, clientKey), chain, offline: true)
                    : null,
            },
        });

        Assert.Equal(expected, await http.GetStringAsync(host.Url));
    }

    [Fact]
    public void Watch_AuthorityWithoutARoot_IsRefused()
    {
        var (certificate, _) = _authority.Client();

        var refused = Assert.Throws<TlsFileException>(() => ClientAuthority.Watch(certificate));

        Assert.Contains("holds no root", refused.Message);
    }

    public void Dispose() => _authority.Dispose();
}
