using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Tests.Rpc.Transcoding.Echo;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>The forms of HTTP/1 itself, byte by byte: client libraries send but one of each, and hide what comes back.</summary>
public sealed class HttpFormsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("GET /query?text=a HTTP/1.0\r\n\r\n", "\"text\":\"a\"")]
    [InlineData("POST /post HTTP/1.0\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}", "\"text\":\"a\"")]
    [InlineData("POST /post HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "\"text\":\"\"")]
    public async Task Http10_Request_IsAnsweredWithItsLengthAndClosed(string request, string text)
    {
        await using var host = await RestHost.StartAsync();

        var response = RawResponse.Parse(await ExchangeAsync(host, request));

        Assert.Equal(200, response.Status);
        Assert.Contains(text, response.Body);
        Assert.Equal(Encoding.UTF8.GetByteCount(response.Body), int.Parse(response.Headers["Content-Length"], CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Http10_Stream_IsLinesUntilTheEndOfTheConnection()
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Stream = async (_, responses, _) =>
        {
            await responses.WriteAsync(new Event { Revision = 1 });
            await responses.WriteAsync(new Event { Revision = 2 });
        };

        var response = RawResponse.Parse(await ExchangeAsync(host, "GET /stream HTTP/1.0\r\n\r\n"));

        // HTTP/1.0 has no chunks.
        Assert.False(response.Headers.ContainsKey("Transfer-Encoding"));
        Assert.Equal("{\"revision\":1,\"text\":\"\"}\n{\"revision\":2,\"text\":\"\"}\n", response.Body);
    }

    [Fact]
    public async Task Expect100Continue_BodyWanted_IsAskedForBeforeItIsSent()
    {
        await using var host = await RestHost.StartAsync();
        using var client = await ConnectAsync(host);
        var stream = client.GetStream();
        await SendAsync(stream, "POST /post HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n");
        var interim = new byte[25];
        await stream.ReadExactlyAsync(interim).AsTask().WaitAsync(Patience);

        await SendAsync(stream, "{\"text\":\"a\"}");

        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", Encoding.ASCII.GetString(interim));
        Assert.Contains("\"text\":\"a\"", await ReadAsync(stream));
    }

    [Fact]
    public async Task Expect100Continue_BodyNotWanted_IsAnsweredAtOnce()
    {
        await using var host = await RestHost.StartAsync();
        using var client = await ConnectAsync(host);
        var stream = client.GetStream();
        await SendAsync(stream, "POST /post HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n");
        var answer = new byte[12];

        // The body never comes.
        await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(Patience);

        Assert.Equal("HTTP/1.1 415", Encoding.ASCII.GetString(answer));
    }

    [Theory]
    [InlineData("3\r\n{\"t\r\n9\r\next\":\"a\"}\r\n0\r\n\r\n")]
    [InlineData("C;name=value\r\n{\"text\":\"a\"}\r\n0\r\nTrailer: x\r\n\r\n")]
    [InlineData("00c\r\n{\"text\":\"a\"}\r\n0\r\n\r\n")]
    public async Task Chunks_OfAnyForm_AreTheBody(string chunks)
    {
        await using var host = await RestHost.StartAsync();

        var response = await host.SendRawAsync("POST /post", "Transfer-Encoding: chunked\r\n", chunks);

        Assert.Equal(200, response.Status);
        Assert.Contains("\"text\":\"a\"", response.Body);
    }

    [Theory]
    [InlineData("POST /post", "Transfer-Encoding: chunked\r\n", "x\r\n")]
    [InlineData("POST /post", "Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n")]
    [InlineData("POST /post", "Transfer-Encoding: chunked\r\n", "2\r\n{}3\r\n")]
    [InlineData("POST /post", "Transfer-Encoding: chunked, gzip\r\n", "")]
    [InlineData("POST /post", "Content-Length: 2\r\nContent-Length: 3\r\n", "{}")]
    [InlineData("POST /post", "Content-Length: -1\r\n", "")]
    [InlineData("GET /query?text=\u00e9", "", "")]
    public async Task Request_NoHttp_Is400(string requestLine, string headers, string body)
    {
        await using var host = await RestHost.StartAsync();

        Assert.Equal(400, (await host.SendRawAsync(requestLine, headers, body)).Status);
    }

    [Theory]
    [InlineData("GET /query?text=first", "Content-Length: 5\r\n", "{bad}")]
    [InlineData("GET /query?text=first", "Transfer-Encoding: chunked\r\n", "5\r\n{bad}\r\n0\r\n\r\n")]
    [InlineData("DELETE /samples/first", "Content-Length: 5\r\n", "{bad}")]
    [InlineData("DELETE /samples/first", "Transfer-Encoding: chunked\r\n", "5\r\n{bad}\r\n0\r\n\r\n")]
    [InlineData("HEAD /query?text=first", "Content-Length: 5\r\n", "{bad}")]
    public async Task Body_WhereNoneIsRead_IsSkippedAndNotTakenForTheNextRequest(string requestLine, string headers, string body)
    {
        await using var host = await RestHost.StartAsync(map: app => app.MapGrpcService<SampleService>(), add: services => services.AddSingleton(new List<Google.Protobuf.IMessage>()));

        var answers = await ExchangeAsync(
            host, $"{requestLine} HTTP/1.1\r\nHost: x\r\n{headers}\r\n{body}GET /query?text=second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Equal(2, answers.Split("HTTP/1.1 200 OK").Length - 1);
        Assert.EndsWith("}", answers);
        Assert.Contains("\"text\":\"second\"", answers);
    }

    [Theory]
    [InlineData("/one/a")]
    [InlineData("/query?text=a&tags=b")]
    [InlineData("/query?nope=1")]
    [InlineData("/number/x:double")]
    [InlineData("/nowhere")]
    [InlineData("/stream")]
    [InlineData("/stream?int32_value=1")]
    [InlineData("/stream?int32_value=x")]
    [InlineData("/stream?nope=1")]
    public async Task Head_OfEveryGet_HasItsStatusAndHeaders(string target)
    {
        await using var host = await RestHost.StartAsync();

        var get = await host.SendRawAsync($"GET {target}");
        var head = await host.SendRawAsync($"HEAD {target}");

        Assert.Equal("", head.Body);
        Assert.Equal(get.Status, head.Status);
        // A stream has no length, so GET says that it sends chunks; without a body there is nothing to say of it.
        Assert.Equal(get.ComparableHeaders().Except(["Transfer-Encoding: chunked"]), head.ComparableHeaders().Except(["Transfer-Encoding: chunked"]));
    }

    [Fact]
    public async Task Head_OfAStreamWithABadLastEventId_IsRefusedAsItsGet()
    {
        await using var host = await RestHost.StartAsync(options => options.EventResumeField = "int64_value");

        var get = await host.SendRawAsync("GET /stream", "Last-Event-ID: x\r\nAccept: text/event-stream\r\n");
        var head = await host.SendRawAsync("HEAD /stream", "Last-Event-ID: x\r\nAccept: text/event-stream\r\n");
        var right = await host.SendRawAsync("HEAD /stream", "Last-Event-ID: 7\r\nAccept: text/event-stream\r\n");

        Assert.Equal((400, 400), (get.Status, head.Status));
        Assert.Equal((200, "text/event-stream"), (right.Status, right.Headers["Content-Type"]));
    }

    private static async Task<TcpClient> ConnectAsync(RestHost host)
    {
        var client = new TcpClient();
        await client.ConnectAsync(host.Client.BaseAddress!.Host, host.Client.BaseAddress.Port);
        return client;
    }

    private static async Task<string> ExchangeAsync(RestHost host, string request)
    {
        using var client = await ConnectAsync(host);
        await SendAsync(client.GetStream(), request);
        return await ReadAsync(client.GetStream());
    }

    private static async Task SendAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text));

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        return await reader.ReadToEndAsync().WaitAsync(Patience);
    }
}
