using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Engine;
using ServersGrpc.Tests.Rpc.Wire;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Web;

/// <summary>gRPC-Web calls, byte for byte.</summary>
public sealed class WebCallTests
{
    private const string StreamingPath = "/tests.v1.Shapes/ServerStreaming";
    private const string Binary = "application/grpc-web+proto";
    private const string Text = "application/grpc-web-text";

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });
    private static readonly byte[] HelloText = Encode(Hello);

    [Theory]
    [InlineData("application/grpc-web", null, "application/grpc-web")]
    [InlineData("application/grpc-web+proto", null, "application/grpc-web+proto")]
    [InlineData("Application/gRPC-Web+Proto; charset=utf-8", "*/*", "application/grpc-web+proto")]
    [InlineData("application/grpc-web-text", "application/grpc-web-text", "application/grpc-web-text")]
    [InlineData("application/grpc-web-text+proto", null, "application/grpc-web-text+proto")]
    [InlineData("application/grpc-web-text", "application/grpc-web", "application/grpc-web")]
    [InlineData("application/grpc-web", "application/grpc-web-text", "application/grpc-web-text")]
    public async Task Unary_EveryFormat_IsAnsweredInTheOneAskedFor(string contentType, string? accept, string expected)
    {
        foreach (var (protocols, version) in new[] { (HttpProtocols.Http1, HttpVersion.Version11), (HttpProtocols.Http2, HttpVersion.Version20) })
        {
            await using var host = await WebHost.StartAsync(protocols);
            var isText = contentType.Contains("text", StringComparison.Ordinal);
            (string, string)[] headers = accept is null ? [] : [("accept", accept)];

            var answer = await host.Raw.PostAsync(isText ? HelloText : Hello, contentType: contentType, version: version, headers: headers);

            var body = expected.Contains("text", StringComparison.Ordinal) ? WebBody.ParseText(answer.Body) : WebBody.Parse(answer.Body);
            Assert.Equal((HttpStatusCode.OK, expected), (answer.HttpStatus, answer.Content.ContentType?.ToString()));
            Assert.Equal("hello", Assert.Single(body.Messages).Text);
            Assert.Equal("grpc-status: 0\r\n", body.TrailerBlock);
            Assert.Null(answer.Status);
        }
    }

    [Fact]
    public async Task ServerStreaming_Text_EveryResponseIsAPartThatLeavesAtOnce()
    {
        await using var host = await WebHost.StartAsync();
        var heard = new TaskCompletionSource();
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            await responses.WriteAsync(new Pong { Text = "1" });
            await heard.Task.WaitAsync(context.CancellationToken);
            await responses.WriteAsync(new Pong { Text = "2" });
        };

        using var response = await SendAsync(host, StreamingPath, HelloText, Text);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.ASCII);
        var text = new StringBuilder();
        // Eight bytes are twelve characters, the last of them padding.
        while (text.Length < 12)
            text.Append((char)reader.Read());
        heard.SetResult();
        text.Append(await reader.ReadToEndAsync().WaitAsync(Long));

        var parts = WebBody.Parts(text.ToString());
        Assert.Equal([RawClient.Frame(new Pong { Text = "1" }), RawClient.Frame(new Pong { Text = "2" })], parts.Take(2));
        Assert.Equal("grpc-status: 0\r\n", WebBody.Parse(parts[^1]).TrailerBlock);
    }

    [Fact]
    public async Task ServerStreaming_FailsAfterAResponse_EverythingIsInTheTrailersFrame()
    {
        await using var host = await WebHost.StartAsync();
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "x-first", "head" } });
            await responses.WriteAsync(new Pong { Text = "one" });
            context.ResponseTrailers.Add("x-bytes-bin", [1, 2, 3, 4]);
            context.ResponseTrailers.Add("x-twice", "a");
            throw new RpcException(new Status(StatusCode.DataLoss, "lost: 100% ä\r\n"));
        };

        var answer = await host.Raw.PostAsync(Hello, StreamingPath, Binary, version: HttpVersion.Version11);
        var body = WebBody.Parse(answer.Body);

        Assert.Equal("head", answer.Value("x-first"));
        Assert.Equal("one", Assert.Single(body.Messages).Text);
        Assert.Equal("grpc-status: 15\r\ngrpc-message: lost: 100%25 %C3%A4%0D%0A\r\nx-bytes-bin: AQIDBA\r\nx-twice: a\r\n", body.TrailerBlock);
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task Unary_FailsBeforeTheResponse_TheStatusIsInTheHeaders(string contentType)
    {
        await using var host = await WebHost.StartAsync();
        host.Behavior.Unary = (_, _) =>
            throw new RpcException(new Status(StatusCode.NotFound, "no ä"), new Metadata { { "x-why", "gone" } });

        var answer = await host.Raw.PostAsync(
            contentType == Text ? HelloText : Hello, contentType: contentType, version: HttpVersion.Version11);

        Assert.True(answer.IsTrailersOnly);
        Assert.Equal((HttpStatusCode.OK, contentType), (answer.HttpStatus, answer.Content.ContentType?.ToString()));
        Assert.Equal((StatusCode.NotFound, "no %C3%A4", "gone"), (answer.Status, answer.Message, answer.Value("x-why")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(5000)]
    public async Task Unary_TextInPartsOfAnySize_IsOneMessage(int size)
    {
        await using var host = await WebHost.StartAsync();
        var request = new Ping { Text = "hello", Data = ByteString.CopyFrom([.. Enumerable.Range(0, 20_000).Select(i => (byte)i)]) };
        var parts = RawClient.Frame(request).Chunk(size).SelectMany(Encode).ToArray();

        var body = WebBody.ParseText((await host.Raw.PostAsync(parts, contentType: Text, version: HttpVersion.Version11)).Body);

        Assert.Equal(new Pong { Text = request.Text, Data = request.Data }, Assert.Single(body.Messages));
    }

    [Fact]
    public async Task ClientStreaming_SeveralMessagesInABody_AreServed()
    {
        await using var host = await WebHost.StartAsync();
        byte[] both = [.. RawClient.Frame(new Ping { Text = "a" }), .. RawClient.Frame(new Ping { Text = "b" })];

        var answer = await host.Raw.PostAsync(both, "/tests.v1.Shapes/ClientStreaming", Binary, version: HttpVersion.Version11);

        Assert.Equal("a,b", Assert.Single(WebBody.Parse(answer.Body).Messages).Text);
    }

    [Fact]
    public async Task Unary_MetadataAndUserAgent_ReachTheMethod()
    {
        await using var host = await WebHost.StartAsync();
        Metadata seen = [];
        host.Behavior.Unary = (_, context) =>
        {
            seen = context.RequestHeaders;
            return Task.FromResult(new Pong());
        };

        await host.Raw.PostAsync(
            Hello, contentType: Binary, version: HttpVersion.Version11,
            headers: [("x-grpc-web", "1"), ("x-user-agent", "grpc-web-javascript/0.1"), ("x-data-bin", "AQI")]);

        Assert.Equal(("1", "grpc-web-javascript/0.1"), (seen.GetValue("x-grpc-web"), seen.GetValue("x-user-agent")));
        Assert.Equal([1, 2], seen.GetValueBytes("x-data-bin"));
    }

    [Fact]
    public async Task ServerStreaming_DeadlinePasses_IsInTheTrailersFrame()
    {
        var time = new ManualTime();
        await using var host = await WebHost.StartAsync(time: time);
        var written = new TaskCompletionSource();
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            await responses.WriteAsync(new Pong { Text = "one" });
            written.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };

        var answering = host.Raw.PostAsync(
            HelloText, StreamingPath, Text, version: HttpVersion.Version11, headers: ("grpc-timeout", "1S"));
        await written.Task.WaitAsync(Long);
        time.Advance(TimeSpan.FromSeconds(1));
        var answer = await answering;

        Assert.Equal("4", WebBody.ParseText(answer.Body)["grpc-status"]);
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task ServerStreaming_ResponseIsCompleteBeforeTheMethod_EndsWithTheTrailersOnce(string contentType)
    {
        await using var host = await WebHost.StartAsync();
        var heard = new TaskCompletionSource();
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            var http = context.GetHttpContext();
            await responses.WriteAsync(new Pong { Text = "one" });
            http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers["Grpc-Status"] = "4";
            await http.Response.CompleteAsync();
            await heard.Task;
        };

        using var response = await SendAsync(host, StreamingPath, contentType == Text ? HelloText : Hello, contentType);
        var bytes = await response.Content.ReadAsByteArrayAsync().WaitAsync(Long);
        heard.SetResult();

        var body = contentType == Text ? WebBody.ParseText(bytes) : WebBody.Parse(bytes);
        Assert.Equal("one", Assert.Single(body.Messages).Text);
        Assert.Equal("grpc-status: 4\r\n", body.TrailerBlock);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task ServerStreaming_CallerGoesAway_CancelsTheMethod(HttpProtocols protocols)
    {
        await using var host = await WebHost.StartAsync(protocols);
        var cancelled = new TaskCompletionSource();
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            await using var registration = context.CancellationToken.Register(cancelled.SetResult);
            await responses.WriteAsync(new Pong { Text = "one" });
            await cancelled.Task;
        };

        using (var response = await SendAsync(host, StreamingPath, HelloText, Text, protocols))
        {
            await using var stream = await response.Content.ReadAsStreamAsync();
            await stream.ReadExactlyAsync(new byte[12]);
        }

        await cancelled.Task.WaitAsync(Long);
        Assert.Empty(host.Logs.At(LogLevel.Error));
    }

    private static byte[] Encode(byte[] bytes) => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));

    private static async Task<HttpResponseMessage> SendAsync(
        GrpcHost host, string path, byte[] body, string contentType, HttpProtocols protocols = HttpProtocols.Http1)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, host.Address + path)
        {
            Version = protocols == HttpProtocols.Http1 ? HttpVersion.Version11 : HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.TryAddWithoutValidation("content-type", contentType);
        return await http.SendAsync(request, CancellationToken.None);
    }
}
