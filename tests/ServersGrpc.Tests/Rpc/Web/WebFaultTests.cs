using System.Net;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Rpc.Wire;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Web;

/// <summary>gRPC-Web requests that are not as they should be.</summary>
public sealed class WebFaultTests
{
    private const string Binary = "application/grpc-web+proto";
    private const string Text = "application/grpc-web-text";

    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });
    private static readonly string HelloText = Convert.ToBase64String(Hello);

    public static TheoryData<string, string> Broken => new()
    {
        { "no base64", "****" },
        { "base64 of the other alphabet", "AAAA-_AA" },
        { "nothing but padding", "====" },
        { "padding in the wrong place", "A=AA" },
        { "base64 cut short", HelloText[..^1] },
        { "a message cut short", HelloText[..12] },
        { "a message of one byte", "AA==" },
        { "no message", "" },
        { "two messages", HelloText + HelloText },
        { "a trailers frame", Convert.ToBase64String(RawClient.Frame([], flag: 0x80)) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Text_Broken_IsInternal(string what, string body)
    {
        await using var host = await WebHost.StartAsync();

        var answer = await host.Raw.PostAsync(Encoding.ASCII.GetBytes(body), contentType: Text, version: HttpVersion.Version11);

        Assert.True((HttpStatusCode.OK, StatusCode.Internal) == (answer.HttpStatus, answer.Status), $"{what}: {answer.HttpStatus}, {answer.Status}");
        Assert.NotEmpty(answer.Message!);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task Unary_MessageBeyondTheLimit_IsResourceExhausted(string contentType)
    {
        await using var host = await WebHost.StartAsync(configure: options => options.MaxReceiveMessageSize = 1000);
        var declared = RawClient.Frame([1, 2, 3], length: 1001);
        var body = contentType == Text ? Encoding.ASCII.GetBytes(Convert.ToBase64String(declared)) : declared;

        var answer = await host.Raw.PostAsync(body, contentType: contentType, version: HttpVersion.Version11);

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Binary_Broken_TheConnectionServesTheNextCall()
    {
        await using var host = await WebHost.StartAsync();
        var ports = new HashSet<int>();
        host.Behavior.Unary = (_, context) =>
        {
            ports.Add(context.GetHttpContext().Connection.RemotePort);
            return Task.FromResult(new Pong());
        };

        await host.Raw.PostAsync(Hello, contentType: Binary, version: HttpVersion.Version11);
        foreach (var broken in (byte[][])[RawClient.Frame([1, 2, 3], flag: 2), RawClient.Frame([1, 2, 3], length: 9), [.. Hello, .. Hello], [0, 0]])
            Assert.Equal(StatusCode.Internal, (await host.Raw.PostAsync(broken, contentType: Binary, version: HttpVersion.Version11)).Status);
        await host.Raw.PostAsync(Hello, contentType: Binary, version: HttpVersion.Version11);

        Assert.Single(ports);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData("/tests.v1.Shapes/unary", Binary)]
    [InlineData("/tests.v1.Nothing/Unary", Text)]
    public async Task Unary_UnknownMethod_IsUnimplemented(string path, string contentType)
    {
        await using var host = await WebHost.StartAsync();

        var answer = await host.Raw.PostAsync(Hello, path, contentType, version: HttpVersion.Version11);

        Assert.Equal((HttpStatusCode.OK, StatusCode.Unimplemented), (answer.HttpStatus, answer.Status));
        Assert.Equal(contentType, answer.Content.ContentType?.ToString());
    }

    [Theory]
    [InlineData("POST", "application/grpc-web+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("POST", "application/grpc-webs", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("POST", "application/grpc", HttpStatusCode.UpgradeRequired)]
    [InlineData("PUT", Binary, HttpStatusCode.MethodNotAllowed)]
    public async Task Request_NoGrpcWeb_IsRefused(string method, string contentType, HttpStatusCode expected)
    {
        await using var host = await WebHost.StartAsync();

        var answer = await host.Raw.PostAsync(Hello, contentType: contentType, method: new HttpMethod(method), version: HttpVersion.Version11);

        Assert.Equal(expected, answer.HttpStatus);
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task Unary_GrpcWebIsNotUsed_IsRefused(string contentType)
    {
        await using var host = await GrpcHost.StartAsync(protocols: HttpProtocols.Http1);

        var answer = await host.Raw.PostAsync(Hello, contentType: contentType, version: HttpVersion.Version11);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.HttpStatus);
    }
}
