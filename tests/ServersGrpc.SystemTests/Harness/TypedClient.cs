using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using ServersGrpc.V1;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>The contract's generated C# client, as a program would use it: what may run twice is called again while the service is away.</summary>
internal sealed class TypedClient : IDisposable
{
    private static readonly string[] Idempotent = ["GetServer", "ListServers", "ProvisionServer", "TerminateServer", "WatchServers"];

    private readonly GrpcChannel _channel;
    private readonly string _token;

    public TypedClient(ServiceProcess service, string? token = null)
    {
        _token = token ?? service.Token;
        _channel = GrpcChannel.ForAddress(service.Address, new GrpcChannelOptions
        {
            ServiceConfig = new ServiceConfig { MethodConfigs = { Retried() } },
            MaxRetryAttempts = null,
        });
        Servers = new(_channel);
    }

    public ServerService.ServerServiceClient Servers { get; }

    /// <summary>A stream of questions about the contract and their answers, as they are encoded.</summary>
    public AsyncDuplexStreamingCall<byte[], byte[]> Reflect()
    {
        var asItIs = Marshallers.Create(message => message, message => message);
        return _channel.CreateCallInvoker().AsyncDuplexStreamingCall<byte[], byte[]>(
            new(MethodType.DuplexStreaming, "grpc.reflection.v1.ServerReflection", "ServerReflectionInfo", asItIs, asItIs), null, Call());
    }

    /// <summary>The options of a call: the token, and a deadline unless another is given.</summary>
    public CallOptions Call(TimeSpan? timeout = null) => new(
        new Metadata { { "authorization", $"Bearer {_token}" } },
        TimeProvider.System.GetUtcNow().UtcDateTime + (timeout ?? Eventually.Patience));

    public void Dispose() => _channel.Dispose();

    private static MethodConfig Retried()
    {
        var methods = new MethodConfig
        {
            // Often enough for a restart on a busy machine.
            RetryPolicy = new RetryPolicy
            {
                MaxAttempts = 100,
                InitialBackoff = TimeSpan.FromMilliseconds(100),
                MaxBackoff = TimeSpan.FromSeconds(1),
                BackoffMultiplier = 2,
                RetryableStatusCodes = { StatusCode.Unavailable },
            },
        };
        foreach (var method in Idempotent)
            methods.Names.Add(new MethodName { Service = ServerService.Descriptor.FullName, Method = method });
        return methods;
    }
}
