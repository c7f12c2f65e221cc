using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>How calls end.</summary>
public sealed class StatusTests
{
    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });

    [Fact]
    public async Task Unary_RpcException_CarriesStatusAndTrailersInHeadersAlone()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = (_, _) =>
            throw new RpcException(new Status(StatusCode.NotFound, "no such server"), new Metadata { { "x-why", "gone" } });

        var answer = await host.Raw.PostAsync(Hello);

        Assert.True(answer.IsTrailersOnly);
        Assert.Equal((StatusCode.NotFound, "no such server", "gone"), (answer.Status, answer.Message, answer.Value("x-why")));
        Assert.Empty(host.Logs.At(LogLevel.Error));
    }

    [Fact]
    public async Task ServerStreaming_RpcExceptionAfterAResponse_IsInTheTrailers()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.ServerStreaming = async (_, responses, _) =>
        {
            await responses.WriteAsync(new Pong { Text = "first" });
            throw new RpcException(new Status(StatusCode.DataLoss, "lost"));
        };

        using var call = host.Client.ServerStreaming(new Ping());
        Assert.True(await call.ResponseStream.MoveNext());
        var fault = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(new Status(StatusCode.DataLoss, "lost"), fault.Status);
    }

    [Theory]
    [InlineData("plain text ~!", "plain text ~!")]
    [InlineData("100%", "100%25")]
    [InlineData("ä\n€", "%C3%A4%0A%E2%82%AC")]
    [InlineData("\u007F", "%7F")]
    [InlineData("😀", "%F0%9F%98%80")]
    public async Task Unary_Message_IsPercentEncoded(string message, string encoded)
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = (_, _) => throw new RpcException(new Status(StatusCode.Aborted, message));

        var answer = await host.Raw.PostAsync(Hello);
        var fault = await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new Ping()).ResponseAsync);

        Assert.Equal(encoded, answer.Message);
        Assert.Equal(message, fault.Status.Detail);
    }

    [Fact]
    public async Task Unary_StatusDetails_PassThrough()
    {
        await using var host = await GrpcHost.StartAsync();
        var details = new Google.Rpc.Status { Code = (int)StatusCode.InvalidArgument, Message = "bad" };
        host.Behavior.Unary = (_, _) =>
            throw new RpcException(new Status(StatusCode.InvalidArgument, "bad"), new Metadata { { "grpc-status-details-bin", details.ToByteArray() } });

        var fault = await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new Ping()).ResponseAsync);

        Assert.Equal(details, Google.Rpc.Status.Parser.ParseFrom(fault.Trailers.GetValueBytes("grpc-status-details-bin")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_AnotherException_IsUnknownAndLoggedOnce(bool detailed)
    {
        await using var host = await GrpcHost.StartAsync(options => options.EnableDetailedErrors = detailed);
        host.Behavior.Unary = (_, _) => throw new InvalidOperationException("secret");

        var answer = await host.Raw.PostAsync(Hello);

        Assert.Equal(StatusCode.Unknown, answer.Status);
        Assert.Equal(detailed, answer.Message!.Contains("secret"));
        Assert.Contains("secret", Assert.Single(host.Logs.At(LogLevel.Warning)));
    }

    [Fact]
    public async Task Unary_NoMessage_IsInternal()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = (_, _) => Task.FromResult<Pong>(null!);

        Assert.Equal(StatusCode.Internal, (await host.Raw.PostAsync(Hello)).Status);
    }

    [Fact]
    public async Task Unary_StatusSetByTheMethod_EndsTheCall()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = (_, context) =>
        {
            context.Status = new Status(StatusCode.OutOfRange, "set");
            return Task.FromResult(new Pong());
        };

        var fault = await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new Ping()).ResponseAsync);

        Assert.Equal(new Status(StatusCode.OutOfRange, "set"), fault.Status);
    }

    [Fact]
    public async Task Unary_Context_KnowsTheCall()
    {
        await using var host = await GrpcHost.StartAsync();
        (string Method, string Host, string Peer, string? Path) seen = default;
        host.Behavior.Unary = (_, context) =>
        {
            seen = (context.Method, context.Host, context.Peer, context.GetHttpContext().Request.Path.Value);
            Assert.Same(context.GetHttpContext(), context.UserState["__HttpContext"]);
            return Task.FromResult(new Pong());
        };

        await host.Client.UnaryAsync(new Ping());

        Assert.Equal(("/tests.v1.Shapes/Unary", new Uri(host.Address).Authority, "/tests.v1.Shapes/Unary"), (seen.Method, seen.Host, seen.Path));
        Assert.StartsWith("ipv4:127.0.0.1:", seen.Peer);
    }
}
