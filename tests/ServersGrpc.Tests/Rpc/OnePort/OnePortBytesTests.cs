using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Rpc.Http2;
using ServersGrpc.Tests.Rpc.Wire;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.OnePort;

/// <summary>Both protocols on the shared port, by bytes.</summary>
public sealed class OnePortBytesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });

    [Fact]
    public async Task Http2_PrefaceSettingsAndCallInOneWrite_IsServed()
    {
        await using var host = await GrpcHost.StartAsync(onePort: true);
        await using var peer = await Http2Peer.OpenAsync(host.Address);
        Http2Frame[] frames =
        [
            new(Http2FrameType.Settings, Http2Flags.None, 0, [0, 1, 0, 0, 0, 0]),
            new(Http2FrameType.Headers, Http2Flags.EndHeaders, 1, HeaderBlock.Encode(peer.RequestHeaders(RawClient.UnaryPath))),
            new(Http2FrameType.Data, Http2Flags.EndStream, 1, Hello),
        ];

        await peer.SendAsync([.. Http2Peer.Preface, .. frames.SelectMany(frame => frame.ToBytes())]);

        Assert.Equal("HEADERS DATA HEADERS!", (await peer.ReadAnswerAsync(1)).Shape);
    }

    [Fact]
    public async Task Http2_Stop_IsToldToGoAway()
    {
        await using var host = await GrpcHost.StartAsync(onePort: true);
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        Assert.Equal("HEADERS DATA HEADERS!", (await peer.PostAsync(Hello)).Shape);

        var stopped = host.App.StopAsync();
        var goAway = await peer.ReadAsync(Http2FrameType.GoAway);

        Assert.Equal(Http2ErrorCode.NoError, goAway!.ErrorCode);
        Assert.Null(await peer.ReadAsync(0));
        await stopped.WaitAsync(Patience);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Http11_GrpcCall_Is426AndTheConnectionServesTheNextRequest()
    {
        await using var host = await GrpcHost.StartAsync(onePort: true);

        var answer = await SendAsync(
            host,
            $"POST {RawClient.UnaryPath} HTTP/1.1\r\nHost: x\r\nContent-Type: application/grpc\r\nTE: trailers\r\nContent-Length: 0\r\n\r\n"
            + "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 426 Upgrade Required\r\n", answer);
        Assert.Contains("\r\nUpgrade: h2c\r\n", answer);
        Assert.Contains("\r\nConnection: Upgrade, keep-alive\r\n", answer);
        Assert.Contains("\r\ngrpc-status: 13\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("HTTP/1.1 200 OK\r\n", answer);
        Assert.EndsWith("\r\nOK\r\n0\r\n\r\n", answer);
    }

    [Theory]
    [InlineData("GET", "", "405 Method Not Allowed", "Allow: POST")]
    [InlineData("POST", "", "415 Unsupported Media Type", "grpc-status: 13")]
    [InlineData("POST", "Content-Type: application/json\r\n", "415 Unsupported Media Type", "grpc-status: 13")]
    public async Task Http11_OtherRequestsToAGrpcPath_AreRefusedInHttpsTerms(string method, string header, string status, string expected)
    {
        await using var host = await GrpcHost.StartAsync(onePort: true);

        var answer = await SendAsync(
            host,
            $"{method} {RawClient.UnaryPath} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n{header}\r\n");

        Assert.StartsWith($"HTTP/1.1 {status}\r\n", answer);
        Assert.Contains($"\r\n{expected}\r\n", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Http11_OfferToUpgrade_IsAnsweredInHttp11()
    {
        await using var host = await GrpcHost.StartAsync(onePort: true);

        var answer = await SendAsync(
            host,
            "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r", 'x')]
    [InlineData("PRI * HTTP/2.0\r\n\r\nS", 'X')]
    public async Task Preface_WrongAtItsEnd_IsBadHttp11(string start, char wrong)
    {
        await using var host = await GrpcHost.StartAsync(onePort: true);

        var answer = await SendAsync(host, start + wrong + "\r\n\r\n");

        // Kestrel takes the first line for a client that took this for an HTTP/2 port, and says so in HTTP/2: GOAWAY.
        Assert.DoesNotContain("200 OK", answer);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    private static async Task<string> SendAsync(GrpcHost host, string request)
    {
        using var client = new TcpClient();
        var url = new Uri(host.Address);
        await client.ConnectAsync(url.Host, url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var received = new MemoryStream();
        await client.GetStream().CopyToAsync(received).WaitAsync(Patience);
        return Encoding.ASCII.GetString(received.ToArray());
    }
}
