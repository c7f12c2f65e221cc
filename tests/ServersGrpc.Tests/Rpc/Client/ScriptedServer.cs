using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using ServersGrpc.Tests.Rpc.Wire;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Client;

/// <summary>Answers each request of a channel with the next line of a script, and goes on with the last one.</summary>
internal sealed class ScriptedServer(params IReadOnlyList<Func<HttpResponseMessage>> script) : HttpMessageHandler
{
    public List<HttpRequestMessage> Requests { get; } = [];

    public HurriedTime Time { get; } = new();

    public static Func<HttpResponseMessage> Good => () => new HttpResponseMessage
    {
        Content = new ByteArrayContent(RawClient.Frame(new Pong { Text = "good" })) { Headers = { { "content-type", "application/grpc" } } },
        TrailingHeaders = { { "grpc-status", "0" } },
    };

    public static Func<HttpResponseMessage> Refused => () => throw new HttpRequestException("Connection refused");

    public static Func<HttpResponseMessage> Fails(StatusCode code, string? pushback = null) => () =>
    {
        var response = new HttpResponseMessage { Headers = { { "grpc-status", $"{(int)code}" } } };
        if (pushback is not null)
            response.Headers.Add("grpc-retry-pushback-ms", pushback);
        return response;
    };

    /// <summary>The headers of a response, and then a failure.</summary>
    public static Func<HttpResponseMessage> FailsLate(StatusCode code) => () =>
        new HttpResponseMessage
        {
            Content = new ByteArrayContent([]) { Headers = { { "content-type", "application/grpc" } } },
            TrailingHeaders = { { "grpc-status", $"{(int)code}" } },
        };

    public static RetryPolicy Policy(int attempts = 4) => new()
    {
        MaxAttempts = attempts,
        InitialBackoff = TimeSpan.FromSeconds(1),
        MaxBackoff = TimeSpan.FromSeconds(3),
        BackoffMultiplier = 2,
        RetryableStatusCodes = { StatusCode.Unavailable },
    };

    public GrpcChannel Channel(RetryPolicy? policy, params IReadOnlyList<MethodName> names) => Channel(_ => { }, policy, names);

    public GrpcChannel Channel(Action<GrpcChannelOptions> configure, RetryPolicy? policy, params IReadOnlyList<MethodName> names)
    {
        var methods = new MethodConfig { RetryPolicy = policy };
        foreach (var name in names.Count > 0 ? names : [MethodName.Default])
            methods.Names.Add(name);
        var options = new GrpcChannelOptions { HttpHandler = this, Time = Time, ServiceConfig = new ServiceConfig { MethodConfigs = { methods } } };
        configure(options);
        return GrpcChannel.ForAddress("http://scripted.test", options);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Every attempt must bring the whole request.
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        Assert.Equal("hello", Ping.Parser.ParseFrom(body.AsSpan(5)).Text);
        Requests.Add(request);
        var response = script[Math.Min(Requests.Count, script.Count) - 1]();
        response.Version = HttpVersion.Version20;
        return response;
    }
}
