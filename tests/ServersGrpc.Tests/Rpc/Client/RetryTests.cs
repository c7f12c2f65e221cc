using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using ServersGrpc.Tests.Rpc.Wire;
using ServersGrpc.Tests.Shapes.V1;
using static ServersGrpc.Tests.Rpc.Client.ScriptedServer;

namespace ServersGrpc.Tests.Rpc.Client;

/// <summary>Calls that are made again because their method's policy says so.</summary>
public sealed class RetryTests
{
    private const string Service = "tests.v1.Shapes";

    [Fact]
    public async Task Unary_UnavailableAtFirst_IsMadeAgainWithGrowingWaits()
    {
        using var server = new ScriptedServer(Refused, Fails(StatusCode.Unavailable), () => new() { StatusCode = System.Net.HttpStatusCode.BadGateway }, Good);

        Assert.Equal("good", (await CallAsync(server.Channel(Policy()))).Text);

        Assert.Equal([null, "1", "2", "3"], server.Requests.Select(request => Header(request, "grpc-previous-rpc-attempts")));
        Assert.Collection(
            server.Time.Waits,
            wait => Assert.InRange(wait.TotalSeconds, 0.8, 1.2),
            wait => Assert.InRange(wait.TotalSeconds, 1.6, 2.4),
            wait => Assert.InRange(wait.TotalSeconds, 2.4, 3.6));
    }

    [Fact]
    public async Task ServerStreaming_UnavailableAtFirst_IsMadeAgain()
    {
        using var server = new ScriptedServer(Refused, Good);
        using var call = Client(server.Channel(Policy())).ServerStreaming(new Ping { Text = "hello" });

        Assert.Equal(["good"], (await call.ResponseStream.ReadAllAsync().ToListAsync()).Select(pong => pong.Text));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory]
    [InlineData(4, 5, 4)]
    [InlineData(9, 5, 5)]
    [InlineData(9, null, 9)]
    public async Task Unary_UnavailableForEver_FailsAfterTheLastAttempt(int attempts, int? limit, int expected)
    {
        using var server = new ScriptedServer(Fails(StatusCode.Unavailable));

        var fault = await FailAsync(server.Channel(options => options.MaxRetryAttempts = limit, Policy(attempts)));

        Assert.Equal((StatusCode.Unavailable, expected), (fault.StatusCode, server.Requests.Count));
    }

    [Fact]
    public async Task Unary_AnotherStatus_IsNotMadeAgain()
    {
        using var server = new ScriptedServer(Fails(StatusCode.Internal), Good);

        Assert.Equal(StatusCode.Internal, (await FailAsync(server.Channel(Policy()))).StatusCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Unary_FailsAfterTheHeaders_IsNotMadeAgain()
    {
        using var server = new ScriptedServer(FailsLate(StatusCode.Unavailable), Good);

        Assert.Equal(StatusCode.Unavailable, (await FailAsync(server.Channel(Policy()))).StatusCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Unary_WaitsWithoutBounds_AreAsLongAsATimerReaches()
    {
        using var server = new ScriptedServer(Fails(StatusCode.Unavailable));
        var policy = Policy();
        (policy.InitialBackoff, policy.MaxBackoff, policy.BackoffMultiplier) = (TimeSpan.FromSeconds(1), TimeSpan.MaxValue, 1e20);

        Assert.Equal(StatusCode.Unavailable, (await FailAsync(server.Channel(policy))).StatusCode);
        Assert.Equal(4, server.Requests.Count);
        Assert.All(server.Time.Waits.Skip(1), wait => Assert.InRange(wait.TotalDays, 32, 48));
    }

    [Fact]
    public async Task Unary_Pushback_SaysTheWaitAndStartsOver()
    {
        using var server = new ScriptedServer(
            Fails(StatusCode.Unavailable), Fails(StatusCode.Unavailable, "7"), Fails(StatusCode.Unavailable), Good);

        await CallAsync(server.Channel(Policy()));

        Assert.Equal(TimeSpan.FromMilliseconds(7), server.Time.Waits[1]);
        Assert.InRange(server.Time.Waits[2].TotalSeconds, 0.8, 1.2);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("99999999999")]
    public async Task Unary_PushbackForbids_IsNotMadeAgain(string pushback)
    {
        using var server = new ScriptedServer(Fails(StatusCode.Unavailable, pushback), Good);

        await FailAsync(server.Channel(Policy()));

        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(Service, null, true)]
    [InlineData(Service, "Unary", true)]
    [InlineData(Service, "ServerStreaming", false)]
    [InlineData("tests.v1.Others", null, false)]
    public async Task Unary_PolicyOfAName_IsForTheMethodsOfThatName(string? service, string? method, bool isMadeAgain)
    {
        using var server = new ScriptedServer(Refused, Good);
        var channel = server.Channel(Policy(), new MethodName { Service = service, Method = method });

        if (isMadeAgain)
            await CallAsync(channel);
        else
            await FailAsync(channel);
        Assert.Equal(isMadeAgain ? 2 : 1, server.Requests.Count);
    }

    [Fact]
    public async Task Unary_DeadlinePassesWhileWaiting_HoldsForAllAttempts()
    {
        using var server = new ScriptedServer(Refused);
        var slow = Policy();
        slow.InitialBackoff = slow.MaxBackoff = TimeSpan.FromHours(1);
        var channel = server.Channel(options => options.Time = TimeProvider.System, slow);

        var fault = await FailAsync(channel, new CallOptions(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(100)));

        Assert.Equal(StatusCode.DeadlineExceeded, fault.StatusCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Unary_CancelledWhileWaiting_EndsAtOnce()
    {
        using var server = new ScriptedServer(Refused);
        var slow = Policy();
        slow.InitialBackoff = slow.MaxBackoff = TimeSpan.FromHours(1);
        var channel = server.Channel(options => options.Time = TimeProvider.System, slow);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        var fault = await FailAsync(channel, new CallOptions(cancellationToken: source.Token));

        Assert.Equal(StatusCode.Cancelled, fault.StatusCode);
    }

    [Fact]
    public async Task Unary_RealServerUnavailableTwice_SeesEveryAttempt()
    {
        await using var host = await GrpcHost.StartAsync();
        var attempts = new List<string?>();
        host.Behavior.Unary = (request, context) =>
        {
            attempts.Add(context.RequestHeaders.GetValue("grpc-previous-rpc-attempts"));
            return attempts.Count < 3
                ? throw new RpcException(new Status(StatusCode.Unavailable, "not yet"), new Metadata { { "grpc-retry-pushback-ms", "1" } })
                : Task.FromResult(new Pong { Text = request.Text });
        };
        using var channel = GrpcChannel.ForAddress(host.Address, new GrpcChannelOptions
        {
            ServiceConfig = new ServiceConfig { MethodConfigs = { new MethodConfig { Names = { MethodName.Default }, RetryPolicy = Policy() } } },
        });

        Assert.Equal("hello", (await CallAsync(channel)).Text);
        Assert.Equal([null, "1", "2"], attempts);
    }

    public static TheoryData<string, Action<RetryPolicy>> BadPolicies => new()
    {
        { "no attempts", policy => policy.MaxAttempts = null },
        { "one attempt", policy => policy.MaxAttempts = 1 },
        { "no initial backoff", policy => policy.InitialBackoff = null },
        { "no wait", policy => policy.InitialBackoff = TimeSpan.Zero },
        { "no longest backoff", policy => policy.MaxBackoff = null },
        { "no multiplier", policy => policy.BackoffMultiplier = null },
        { "a multiplier of zero", policy => policy.BackoffMultiplier = 0 },
        { "no status", policy => policy.RetryableStatusCodes.Clear() },
    };

    [Theory]
    [MemberData(nameof(BadPolicies))]
    public void ForAddress_PolicyIsNotWhole_IsRefused(string what, Action<RetryPolicy> spoil)
    {
        using var server = new ScriptedServer(Good);
        var policy = Policy();
        spoil(policy);

        Assert.True(Record.Exception(() => server.Channel(policy)) is InvalidOperationException, what);
    }

    [Fact]
    public void ForAddress_NameTwiceOrWithoutItsService_IsRefused()
    {
        using var server = new ScriptedServer(Good);

        Assert.Throws<InvalidOperationException>(() => server.Channel(Policy(), MethodName.Default, new MethodName()));
        Assert.Throws<InvalidOperationException>(() => server.Channel(Policy(), new MethodName { Method = "Unary" }));
    }

    private static Shapes.V1.Shapes.ShapesClient Client(GrpcChannel channel) => new(channel);

    private static async Task<Pong> CallAsync(GrpcChannel channel, CallOptions options = default) =>
        await Client(channel).UnaryAsync(new Ping { Text = "hello" }, options);

    private static Task<RpcException> FailAsync(GrpcChannel channel, CallOptions options = default) =>
        Assert.ThrowsAsync<RpcException>(() => CallAsync(channel, options).WaitAsync(TimeSpan.FromSeconds(20)));

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
