using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>Where services and interceptors come from, and the order in which they run.</summary>
public sealed class PipelineTests
{
    [Fact]
    public async Task AllShapes_TwoInterceptors_RunFirstAddedOutermost()
    {
        var trace = new List<string>();
        await using var host = await GrpcHost.StartAsync(
            options =>
            {
                options.Interceptors.Add<Tracing>("outer");
                options.Interceptors.Add<Tracing>("inner");
            },
            services => services.AddSingleton(trace));

        await host.Client.UnaryAsync(new Ping());
        using var streaming = host.Client.ServerStreaming(new Ping());
        await streaming.ResponseStream.MoveNext();
        using var client = host.Client.ClientStreaming();
        await client.RequestStream.CompleteAsync();
        await client;
        using var duplex = host.Client.Duplex();
        await duplex.RequestStream.CompleteAsync();
        await duplex.ResponseStream.MoveNext();

        Assert.Equal(
            ["outer Unary", "inner Unary", "outer Server", "inner Server", "outer Client", "inner Client", "outer Duplex", "inner Duplex"],
            trace);
    }

    [Fact]
    public async Task Unary_ItsEndpoint_SaysWhichMethodItIs()
    {
        await using var host = await GrpcHost.StartAsync();
        Endpoint? endpoint = null;
        host.Behavior.Unary = (_, context) =>
        {
            endpoint = context.GetHttpContext().GetEndpoint();
            return Task.FromResult(new Pong());
        };

        await host.Client.UnaryAsync(new Ping());

        Assert.Equal("gRPC - /tests.v1.Shapes/Unary", endpoint?.DisplayName);
        var metadata = endpoint?.Metadata.GetMetadata<GrpcMethodMetadata>();
        Assert.Equal((typeof(ShapesService), "Unary"), (metadata?.ServiceType, metadata?.Method.Name));
    }

    [Fact]
    public async Task Unary_InterceptorThrows_TheMethodDoesNotRun()
    {
        await using var host = await GrpcHost.StartAsync(options => options.Interceptors.Add<Refusing>());
        var ran = false;
        host.Behavior.Unary = (_, _) =>
        {
            ran = true;
            return Task.FromResult(new Pong());
        };

        var fault = await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new Ping()).ResponseAsync);

        Assert.Equal(StatusCode.Unauthenticated, fault.StatusCode);
        Assert.False(ran);
    }

    [Theory]
    [InlineData(null, 2, 2)]
    [InlineData(ServiceLifetime.Transient, 2, 2)]
    [InlineData(ServiceLifetime.Scoped, 2, 2)]
    [InlineData(ServiceLifetime.Singleton, 1, 0)]
    public async Task Unary_ServiceOfALifetime_IsMadeAndDisposedAccordingly(ServiceLifetime? lifetime, int made, int disposed)
    {
        var counts = new Counts();
        await using var host = await GrpcHost.StartAsync(
            options => options.Interceptors.Add<Counted>(),
            services =>
            {
                services.AddSingleton(counts);
                if (lifetime is { } registered)
                    services.Add(new ServiceDescriptor(typeof(Counted), typeof(Counted), registered));
            });

        await host.Client.UnaryAsync(new Ping());
        await host.Client.UnaryAsync(new Ping());

        // The instance of a call is disposed after the caller has its answer.
        Assert.True(SpinWait.SpinUntil(() => counts.Disposed == disposed, TimeSpan.FromSeconds(20)));
        Assert.Equal(made, counts.Made);
    }

    private sealed class Tracing(string name, List<string> trace) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            trace.Add($"{name} Unary");
            return continuation(request, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Add($"{name} Client");
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Add($"{name} Server");
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Add($"{name} Duplex");
            return continuation(requestStream, responseStream, context);
        }
    }

    private sealed class Refusing : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            throw new RpcException(new Status(StatusCode.Unauthenticated, "who are you?"));
    }

    private sealed class Counts
    {
        private int _made;
        private int _disposed;

        public int Made => _made;

        public int Disposed => Volatile.Read(ref _disposed);

        public void Make() => Interlocked.Increment(ref _made);

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }

    private sealed class Counted : Interceptor, IDisposable
    {
        private readonly Counts _counts;

        public Counted(Counts counts)
        {
            _counts = counts;
            counts.Make();
        }

        public void Dispose() => _counts.Dispose();
    }
}
