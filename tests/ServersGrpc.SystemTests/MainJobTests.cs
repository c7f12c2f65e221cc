using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests;

/// <summary>What the service is for: from a bare POST to a machine that its owner reaches, and nobody else.</summary>
public class MainJobTests(TwoRunningServers servers) : IClassFixture<TwoRunningServers>
{
    [Fact]
    public async Task Ping_OwnCertificates_AnswersOk()
    {
        using var own = new Pems(servers.One);

        var ping = await PingAsync("--cacert", own.CaCertificate, "--cert", own.Certificate, "--key", own.Key);

        Assert.Equal("", ping.Error);
        Assert.Equal(200, ping.Status);
        Assert.Equal("OK", ping.Body);
    }

    [Fact]
    public async Task Ping_NoClientCertificate_IsRefused()
    {
        using var own = new Pems(servers.One);

        AssertRefused(await PingAsync("--cacert", own.CaCertificate));
    }

    [Fact]
    public async Task Ping_CertificateOfAnotherServer_IsRefused()
    {
        using var own = new Pems(servers.One);
        using var other = new Pems(servers.Other);

        AssertRefused(await PingAsync("--cacert", own.CaCertificate, "--cert", other.Certificate, "--key", other.Key));
    }

    [Fact]
    public async Task Ping_AuthorityOfAnotherServer_IsNotTrusted()
    {
        const int PeerNotVerified = 60;
        using var own = new Pems(servers.One);
        using var other = new Pems(servers.Other);

        var ping = await PingAsync("--cacert", other.CaCertificate, "--cert", own.Certificate, "--key", own.Key);

        Assert.Equal(PeerNotVerified, ping.ExitCode);
    }

    private static void AssertRefused(CurlResponse ping)
    {
        // In TLS 1.3 a client learns of its refusal when it reads the answer: there is an alert, a reset, or nothing.
        Assert.NotEqual(0, ping.ExitCode);
        Assert.Equal((0, ""), (ping.Status, ping.Body));
    }

    private Task<CurlResponse> PingAsync(params string[] certificates) => Curl.SendAsync(
        [.. certificates, "--resolve", $"{servers.One.Name}:2376:{servers.One.Address}", $"https://{servers.One.Name}:2376/_ping"]);
}
