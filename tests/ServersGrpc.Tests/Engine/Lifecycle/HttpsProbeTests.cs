using System.Net;
using System.Net.Sockets;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Lifecycle;

public sealed class HttpsProbeTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

    private static readonly ServerCredentialsFactory Factory = new(TimeProvider.System);

    private readonly HttpsProbe _probe = new(TimeSpan.FromSeconds(10), TimeProvider.System);

    [Fact]
    public async Task ProbeAsync_ServerAnswers_ReturnsAfterAskingByNameWithItsCertificate()
    {
        var credentials = Factory.Create("agent-one");
        await using var machine = new TlsListener(credentials, Ok);

        await _probe.ProbeAsync(Server("agent-one", credentials, machine.Address), default);

        Assert.Equal([("agent-one", (string?)"O=Server, CN=agent-one")], machine.Callers);
    }

    [Theory]
    [InlineData("123")]
    [InlineData("10")]
    [InlineData("0x7f")]
    public async Task ProbeAsync_NameThatLooksLikeANumber_IsStillAName(string name)
    {
        var credentials = Factory.Create(name);
        await using var machine = new TlsListener(credentials, Ok);

        await _probe.ProbeAsync(Server(name, credentials, machine.Address), default);
    }

    [Fact]
    public async Task ProbeAsync_ChunkedBody_Returns()
    {
        var credentials = Factory.Create("agent-one");
        await using var machine = new TlsListener(
            credentials, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nO\r\n1\r\nK\r\n0\r\n\r\n");

        await _probe.ProbeAsync(Server("agent-one", credentials, machine.Address), default);
    }

    [Fact]
    public async Task ProbeAsync_IPv6AddressWithPort_Returns()
    {
        var credentials = Factory.Create("agent-one");
        await using var machine = new TlsListener(credentials, Ok, IPAddress.IPv6Loopback);

        await _probe.ProbeAsync(Server("agent-one", credentials, machine.Address), default);
    }

    [Theory]
    [InlineData("127.77.66.55", "127.77.66.55:2376")]
    [InlineData("127.77.66.55:1", "127.77.66.55:1")]
    public async Task ProbeAsync_NobodyListens_ConnectionRefused(string address, string expected)
    {
        var failure = await FailureAsync(Server("agent-one", Factory.Create("agent-one"), address));

        Assert.Contains("connection refused", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_CertificateOfAnotherName_SaysWhichNameIsMissing()
    {
        var credentials = Factory.Create("agent-one");
        await using var machine = new TlsListener(credentials, Ok);

        var failure = await FailureAsync(Server("agent-two", credentials, machine.Address));

        Assert.Contains("TLS: its certificate is not for the name agent-two", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_ServerOfAnotherAuthority_SaysSo()
    {
        await using var machine = new TlsListener(Factory.Create("agent-one"), Ok);

        var failure = await FailureAsync(Server("agent-one", Factory.Create("agent-one"), machine.Address));

        Assert.Contains("TLS: its certificate is not of the server's authority", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_ServerRefusesOurCertificate_Fails()
    {
        var presented = Factory.Create("agent-one");
        var expected = Factory.Create("agent-one");
        // It presents what we trust, and trusts another authority than ours.
        await using var machine = new TlsListener(presented with { CaCertificate = expected.CaCertificate }, Ok);

        await FailureAsync(Server("agent-one", presented, machine.Address));

        Assert.Empty(machine.Callers);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "answered HTTP 503")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", "answered HTTP 302")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nOK!", "a body other than OK")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "a body other than OK")]
    [InlineData("no HTTP at all\r\n\r\n", "")]
    [InlineData("", "")]
    public async Task ProbeAsync_AnswersOtherThanOk_SaysWhat(string answer, string expected)
    {
        var credentials = Factory.Create("agent-one");
        await using var machine = new TlsListener(credentials, answer);

        var failure = await FailureAsync(Server("agent-one", credentials, machine.Address));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith(machine.Address, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_EndlessHeaders_AreNotReadToTheirEnd()
    {
        var credentials = Factory.Create("agent-one");
        var headers = string.Concat(Enumerable.Repeat($"X: {new string('x', 1000)}\r\n", 100));
        await using var machine = new TlsListener(credentials, $"HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\n\r\nOK");

        await FailureAsync(Server("agent-one", credentials, machine.Address));
    }

    [Fact]
    public async Task ProbeAsync_SilentServer_FailsAfterTheTimeout()
    {
        var credentials = Factory.Create("agent-one");
        await using var machine = new TlsListener(credentials, answer: null);
        var probe = new HttpsProbe(TimeSpan.FromMilliseconds(300), TimeProvider.System);

        var failure = await Assert.ThrowsAsync<ProbeFailedException>(
            () => probe.ProbeAsync(Server("agent-one", credentials, machine.Address), default));

        Assert.Equal($"no answer from {machine.Address} within 0.3 s", failure.Message);
    }

    [Fact]
    public async Task ProbeAsync_NoTlsAtAll_FailsWithinTheTimeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var probe = new HttpsProbe(TimeSpan.FromMilliseconds(300), TimeProvider.System);

        await Assert.ThrowsAsync<ProbeFailedException>(
            () => probe.ProbeAsync(Server("agent-one", Factory.Create("agent-one"), listener.LocalEndpoint.ToString()!), default));
    }

    [Fact]
    public async Task ProbeAsync_Canceled_IsNotAFailureOfTheServer()
    {
        var credentials = Factory.Create("agent-one");
        await using var machine = new TlsListener(credentials, answer: null);
        using var canceling = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _probe.ProbeAsync(Server("agent-one", credentials, machine.Address), canceling.Token));
    }

    [Fact]
    public async Task ProbeAsync_NoAddressYet_Fails() => await FailureAsync(Server("agent-one", Factory.Create("agent-one"), ""));

    private Task<ProbeFailedException> FailureAsync(ServerRecord server) =>
        Assert.ThrowsAsync<ProbeFailedException>(() => _probe.ProbeAsync(server, default));

    private static ServerRecord Server(string name, ServerCredentials credentials, string address) => new()
    {
        Uid = Guid.NewGuid().ToString("N"),
        Name = name,
        Provider = "test",
        Credentials = credentials,
        Address = address,
        Created = TimeProvider.System.GetUtcNow(),
    };
}
