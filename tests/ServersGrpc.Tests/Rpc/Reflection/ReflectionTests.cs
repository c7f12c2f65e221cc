using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using ServersGrpc.Tests.Rpc.Wire;
using Alpha = Grpc.Reflection.V1Alpha;

namespace ServersGrpc.Tests.Rpc.Reflection;

public sealed class ReflectionTests
{
    [Fact]
    public async Task ListServices_Always_NamesAllInMappingOrder()
    {
        var answer = await AskAsync(new ServerReflectionRequest { Host = "me", ListServices = "" });

        Assert.Equal(
            ["tests.v1.Shapes", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "grpc.health.v1.Health"],
            answer.ListServicesResponse.Service.Select(service => service.Name));
        Assert.Equal("me", answer.ValidHost);
        Assert.Equal("me", answer.OriginalRequest.Host);
    }

    [Theory]
    [InlineData("tests.v1.Shapes", "shapes.proto")]
    [InlineData("tests.v1.Shapes.Unary", "shapes.proto")]
    [InlineData("tests.v1.Ping", "shapes.proto")]
    [InlineData("tests.v1.Ping.text", "shapes.proto")]
    [InlineData("grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto")]
    [InlineData("grpc.health.v1.HealthCheckResponse.SERVING", "grpc/health/v1/health.proto")]
    [InlineData("grpc.reflection.v1.ServerReflectionRequest.message_request", "grpc/reflection/v1/reflection.proto")]
    public async Task FileContainingSymbol_AnySymbol_IsItsFile(string symbol, string file)
    {
        var answer = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = symbol });

        Assert.Equal([file], NamesOf(answer));
    }

    [Fact]
    public async Task Files_WithImports_ComeTransitivelyTheAskedOneFirst()
    {
        var byName = await AskAsync<AnnotatedService>(new ServerReflectionRequest { FileByFilename = "servers/v1/servers.proto" });
        var byExtension = await AskAsync<AnnotatedService>(new ServerReflectionRequest
        {
            FileContainingExtension = new ExtensionRequest { ContainingType = "google.protobuf.MethodOptions", ExtensionNumber = 72295728 },
        });
        var numbers = await AskAsync<AnnotatedService>(new ServerReflectionRequest { AllExtensionNumbersOfType = "google.protobuf.MethodOptions" });

        Assert.Equal("servers/v1/servers.proto", NamesOf(byName)[0]);
        Assert.Equal(
            ["google/api/annotations.proto", "google/api/http.proto", "google/protobuf/descriptor.proto"],
            NamesOf(byName).Skip(1).Order(StringComparer.Ordinal));
        Assert.Equal("google/api/annotations.proto", NamesOf(byExtension)[0]);
        Assert.Equal([72295728], numbers.AllExtensionNumbersResponse.ExtensionNumber);
    }

    [Fact]
    public async Task Unknown_Anything_IsAnErrorInTheStreamWhichGoesOn()
    {
        await using var host = await GrpcHost.StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo();
        ServerReflectionRequest[] unknown =
        [
            new() { FileByFilename = "nothing.proto" },
            new() { FileContainingSymbol = "no.Thing" },
            new() { FileContainingExtension = new ExtensionRequest { ContainingType = "tests.v1.Ping", ExtensionNumber = 9 } },
            new() { AllExtensionNumbersOfType = "no.Thing" },
        ];

        foreach (var request in unknown)
        {
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal((int)StatusCode.NotFound, call.ResponseStream.Current.ErrorResponse.ErrorCode);
            Assert.Equal(request, call.ResponseStream.Current.OriginalRequest);
        }

        await call.RequestStream.WriteAsync(new ServerReflectionRequest());
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal((int)StatusCode.InvalidArgument, call.ResponseStream.Current.ErrorResponse.ErrorCode);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task V1Alpha_Question_IsAnsweredAlike()
    {
        await using var host = await GrpcHost.StartAsync();
        using var call = new Alpha.ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo();

        await call.RequestStream.WriteAsync(new Alpha.ServerReflectionRequest { FileContainingSymbol = "tests.v1.Pong" });
        Assert.True(await call.ResponseStream.MoveNext());

        var file = FileDescriptorProto.Parser.ParseFrom(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto.Single());
        Assert.Equal("shapes.proto", file.Name);
    }

    private static Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest request) => AskAsync<ShapesService>(request);

    private static async Task<ServerReflectionResponse> AskAsync<TService>(ServerReflectionRequest request)
        where TService : class
    {
        await using var host = await GrpcHost.StartAsync<TService>();
        using var call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext());
        return call.ResponseStream.Current;
    }

    private static List<string> NamesOf(ServerReflectionResponse answer) =>
        [.. answer.FileDescriptorResponse.FileDescriptorProto.Select(file => FileDescriptorProto.Parser.ParseFrom(file).Name)];

    private sealed class AnnotatedService : ServersGrpc.V1.ServerService.ServerServiceBase;
}
