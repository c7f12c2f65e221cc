using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Tls;

/// <summary>Both faces over TLS, as callers see it who trust nothing but the root of the service's chain.</summary>
public class HttpsTests(ITestOutputHelper output) : TlsTest(output, lifetime: TimeSpan.FromDays(10.5))
{
    [Theory]
    [InlineData("--http1.1", "HTTP/1.1")]
    [InlineData("--http2", "HTTP/2")]
    public async Task Rest_EitherProtocol_IsServedOnThePort(string version, string protocol)
    {
        var answer = await GetAsync("/api/servers", version);

        Assert.Equal((200, protocol, "[]"), (answer.Status, answer.Protocol, answer.Body));
        Assert.Equal("max-age=2592000", answer.Header("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Grpc_OverTls_IsServed()
    {
        using var channel = GrpcChannel.ForAddress(Service.Address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { Authority.Root },
                        RevocationMode = X509RevocationMode.NoCheck,
                    },
                },
            },
            DisposeHttpClient = true,
        });
        var servers = new ServerService.ServerServiceClient(channel);

        var reply = await servers.ListServersAsync(new(), new Metadata { { "authorization", $"Bearer {Service.Token}" } });

        Assert.Empty(reply.Servers);
    }

    [Theory]
    [InlineData("-tls1_2", true)]
    [InlineData("-tls1_3", true)]
    [InlineData("-tls1_1", false)]
    [InlineData("-tls1", false)]
    public async Task Handshake_Version_OnlyNewOnes(string version, bool served)
    {
        // The client itself would refuse the old ones otherwise.
        var shown = await ShownAsync(version, "-cipher", "DEFAULT@SECLEVEL=0");

        Assert.Equal(served, shown == "CN = server");
    }

    [Fact]
    public async Task Certificate_NearItsEnd_IsToldInLogAndMetrics()
    {
        Assert.Contains($"The certificate of {CertificateFile} ends in 10 days", Service.Log, StringComparison.Ordinal);
        var remaining = new MetricsPage((await GetAsync("/metrics")).Body)["servers_tls_certificate_remaining_seconds"]!;
        Assert.InRange(double.Parse(remaining, CultureInfo.InvariantCulture) / 86_400, 10, 10.5);
    }

    [Fact]
    public async Task ClearText_OnTheHttpsPort_IsToldInWords()
    {
        var answer = await Curl.SendAsync(Service.Address.Replace("https", "http", StringComparison.Ordinal) + "/healthz");

        Assert.Equal(400, answer.Status);
        Assert.Contains("https://", answer.Body, StringComparison.Ordinal);
    }
}
