using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using ServersGrpc.Listening.OnePort;
using ServersGrpc.Listening.Tls;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.Tests.Listening;

public sealed class OnePortAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("HTTP://127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("http://127.0.0.1", "127.0.0.1:80")]
    [InlineData("https://[::1]", "[::1]:443")]
    [InlineData("http://*:8080", "[::]:8080")]
    [InlineData("http://+:8080/", "[::]:8080")]
    [InlineData("http://[::]:8080", "[::]:8080")]
    [InlineData("http://0.0.0.0:8080", "0.0.0.0:8080")]
    [InlineData("http://localhost:8080", "127.0.0.1:8080 [::1]:8080")]
    public void Parse_Address_NamesWhatToBind(string text, string endPoints) =>
        Assert.Equal(endPoints, string.Join(' ', ListenAddress.Parse(text).EndPoints));

    [Theory]
    [InlineData("8080", "http://host:port")]
    [InlineData("", "http://host:port")]
    [InlineData("ftp://127.0.0.1:8080", "neither http:// nor https://")]
    [InlineData("http://localhost:0", "127.0.0.1:0")]
    [InlineData("http://127.0.0.1:70000", "65535")]
    [InlineData("http://127.0.0.1:80a", "the host")]
    [InlineData("http://example.com:80", "the host")]
    [InlineData("http://127.0.0.1:80/api", "path")]
    public void Parse_NoAddress_SaysWhichAndWhatIsRight(string text, string why)
    {
        var error = Assert.Throws<FormatException>(() => ListenAddress.Parse(text));

        Assert.Contains($"\"{text}\"", error.Message);
        Assert.Contains(why, error.Message);
    }

    [Fact]
    public async Task Start_UnparsableUrl_FailsNamingIt()
    {
        var error = await Assert.ThrowsAsync<FormatException>(() => OnePortHost.StartAsync("http://nowhere.example:1"));

        Assert.Contains("http://nowhere.example:1", error.Message);
    }

    [Fact]
    public async Task Start_AnyPort_LogsAndReportsTheAddressOnce()
    {
        await using var host = await OnePortHost.StartAsync("http://127.0.0.1:0");

        Assert.NotEqual(0, host.Url.Port);
        Assert.Single(host.Logs.Texts, text => text == $"Now listening on: http://127.0.0.1:{host.Url.Port}");
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Start_SeveralAddresses_AllAnswer()
    {
        await using var host = await OnePortHost.StartAsync("http://127.0.0.1:0;http://127.0.0.2:0");

        Assert.Equal(2, host.App.Urls.Count);
        using var client = new HttpClient();
        foreach (var url in host.App.Urls)
            Assert.Equal("HTTP/1.1", await client.GetStringAsync(url));
    }

    [Fact]
    public async Task Start_PortTaken_FailsNamingTheAddress()
    {
        await using var first = await OnePortHost.StartAsync();
        var address = first.Url.GetLeftPart(UriPartial.Authority);

        var error = await Assert.ThrowsAsync<IOException>(() => OnePortHost.StartAsync(address));

        Assert.Contains(address, error.Message);
        Assert.Contains("already in use", error.Message);
    }

    [Fact]
    public async Task Start_AddressOfAnotherMachine_FailsNamingTheAddress()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => OnePortHost.StartAsync("http://192.0.2.1:8080"));

        Assert.Contains("http://192.0.2.1:8080", error.Message);
    }

    [Theory]
    [InlineData("1.1", "HTTP/1.1")]
    [InlineData("2.0", "HTTP/2")]
    public async Task Get_Https_AlpnChoosesTheProtocol(string version, string answered)
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            using var certificate = MakeCertificate();
            var (pem, key) = (Path.Combine(directory.FullName, "cert.pem"), Path.Combine(directory.FullName, "key.pem"));
            await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            await using var host = await OnePortHost.StartAsync("https://127.0.0.1:0", handshake: new TlsHandshake(ServerCertificate.Watch(pem, key), null));
            using var client = new HttpClient(new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, presented, _, _) =>
                        presented!.GetCertHashString() == certificate.GetCertHashString(),
                },
            });
            using var request = new HttpRequestMessage(HttpMethod.Get, host.Url)
            {
                Version = Version.Parse(version),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };

            using var response = await client.SendAsync(request);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(answered, await response.Content.ReadAsStringAsync());
            Assert.Equal("https", host.Url.Scheme);
            Assert.Empty(host.Logs.At(LogLevel.Warning));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Get_HttpSpokenToAnHttpsAddress_IsToldInWords()
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.Server();
        await using var host = await OnePortHost.StartAsync("https://127.0.0.1:0", handshake: new TlsHandshake(ServerCertificate.Watch(certificate, key), null));
        using var client = new HttpClient();

        using var answer = await client.GetAsync($"http://127.0.0.1:{host.Url.Port}/");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("https://", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0016")]
    public async Task Connect_HttpsAddressWithoutAHandshake_IsClosedAfterTheTimeout(string sent)
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.Server();
        await using var host = await OnePortHost.StartAsync(
            "https://127.0.0.1:0", limits => limits.HandshakeTimeout = TimeSpan.FromMilliseconds(200),
            handshake: new TlsHandshake(ServerCertificate.Watch(certificate, key), null));
        using var client = await host.ConnectAsync();

        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(sent));

        Assert.Equal("", await OnePortHost.ReadToEndAsync(client));
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
    }
}
