using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>What is refused before a method runs.</summary>
public sealed class RequestTests
{
    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc+proto;charset=utf-8")]
    [InlineData("application/grpc ; x=y")]
    [InlineData("Application/GRPC; charset=utf-8")]
    public async Task Post_ContentTypeOfGrpc_IsServed(string contentType)
    {
        await using var host = await GrpcHost.StartAsync();

        var answer = await host.Raw.PostAsync(Hello, contentType: contentType);

        Assert.Equal(HttpStatusCode.OK, answer.HttpStatus);
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal("application/grpc", answer.Content.ContentType?.MediaType);
        Assert.Equal(RawClient.Frame(new Pong { Text = "hello" }), answer.Body);
        Assert.False(answer.IsTrailersOnly);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc+json")]
    [InlineData("application/grpcx")]
    [InlineData(null)]
    public async Task Post_AnotherContentType_Is415(string? contentType)
    {
        await using var host = await GrpcHost.StartAsync();

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await host.Raw.PostAsync(Hello, contentType: contentType)).HttpStatus);
    }

    [Fact]
    public async Task Get_GrpcPath_Is405WithAllow()
    {
        await using var host = await GrpcHost.StartAsync();

        var answer = await host.Raw.PostAsync([], method: HttpMethod.Get);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.HttpStatus);
        Assert.Equal(["POST"], answer.Content.Allow);
    }

    [Fact]
    public async Task Post_OverHttp11_Is426()
    {
        await using var host = await GrpcHost.StartAsync(protocols: HttpProtocols.Http1);

        var answer = await host.Raw.PostAsync(Hello, version: HttpVersion.Version11);

        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.HttpStatus);
    }

    [Theory]
    [InlineData("/tests.v1.Shapes/Nothing")]
    [InlineData("/tests.v1.Nothing/Unary")]
    [InlineData("/tests.v1.shapes/unary")]
    [InlineData("/nothing")]
    public async Task Post_UnknownMethodOrWrongCase_IsUnimplemented(string path)
    {
        await using var host = await GrpcHost.StartAsync();

        var answer = await host.Raw.PostAsync(Hello, path);

        Assert.Equal(HttpStatusCode.OK, answer.HttpStatus);
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.True(answer.IsTrailersOnly);
        Assert.Equal("application/grpc", answer.Content.ContentType?.MediaType);
    }

    [Fact]
    public async Task Get_OtherPaths_AreTheApplicationsOrNotFound()
    {
        await using var host = await GrpcHost.StartAsync();

        var own = await host.Raw.PostAsync([], "/healthz", method: HttpMethod.Get);
        var unknown = await host.Raw.PostAsync([], "/nothing", method: HttpMethod.Get);
        var wrongCase = await host.Raw.PostAsync([], RawClient.UnaryPath.ToUpperInvariant(), method: HttpMethod.Get);

        Assert.Equal("OK"u8.ToArray(), own.Body);
        Assert.Equal(HttpStatusCode.NotFound, unknown.HttpStatus);
        Assert.Equal(HttpStatusCode.NotFound, wrongCase.HttpStatus);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("S")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("123456789S")]
    [InlineData("1 S")]
    public async Task Post_MalformedTimeout_Is400AndInternal(string timeout)
    {
        await using var host = await GrpcHost.StartAsync();

        var answer = await host.Raw.PostAsync(Hello, headers: ("grpc-timeout", timeout));

        Assert.Equal(HttpStatusCode.BadRequest, answer.HttpStatus);
        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task Post_UnknownEncoding_IsUnimplementedAndNamesTheKnownOnes()
    {
        await using var host = await GrpcHost.StartAsync();

        var answer = await host.Raw.PostAsync(Hello, headers: ("grpc-encoding", "br"));

        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.Equal("identity,gzip", answer.Value("grpc-accept-encoding"));
    }
}
