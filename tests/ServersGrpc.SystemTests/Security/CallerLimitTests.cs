using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>How much one caller may, and that another is none the worse for it.</summary>
public sealed class CallerLimitTests(ITestOutputHelper output) : ServiceTest(output)
{
    protected override string[] Options =>
    [
        "--Servers:Auth:RequestsPerSecond=20", "--Servers:Auth:MaxWatches=2", "--Servers:Auth:MaxServers=2",
        "--Servers:Auth:FreeFailures=3", "--Servers:Auth:FailureDelay=00:00:00.200", "--Servers:Auth:MaxFailureDelay=00:00:02",
    ];

    [Fact]
    public async Task Requests_PastTheRate_AreToldWhenToComeBackOnEveryFace()
    {
        var token = await Tokens.CreateAsync(Service, "busy", "viewer");
        using var http = new HttpClient { BaseAddress = new Uri(Service.Address) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => http.GetAsync("/api/servers")));

        var refused = answers.Where(answer => (int)answer.StatusCode == 429).ToList();
        Assert.InRange(answers.Count(answer => answer.IsSuccessStatusCode), 20, 199);
        Assert.NotEmpty(refused);
        Assert.Equal("RATE_LIMITED", (string)JsonNode.Parse(await refused[0].Content.ReadAsStringAsync())!["details"]![0]!["reason"]!);
        Assert.All(refused, answer => Assert.InRange(int.Parse(answer.Headers.GetValues("retry-after").Single(), CultureInfo.InvariantCulture), 1, 2));
        // The others go on.
        await Service.ListAsync();

        using var client = new TypedClient(Service, token);
        var grpc = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            try
            {
                await client.Servers.ListServersAsync(new(), client.Call());
                return StatusCode.OK;
            }
            catch (RpcException e)
            {
                return e.StatusCode;
            }
        }));
        Assert.Contains(StatusCode.ResourceExhausted, grpc);
        Assert.Empty(grpc.Except([StatusCode.OK, StatusCode.ResourceExhausted]));
        // What was used up comes back.
        await Eventually.SeeAsync(async () => (await http.GetAsync("/api/servers")).IsSuccessStatusCode, isIn => isIn, "the caller is let in again");
    }

    [Fact]
    public async Task HealthWatches_OfOneAddress_LeaveRoomForThoseOfOthers()
    {
        using var greedy = GrpcChannel.ForAddress(Service.Address);
        var watches = Enumerable.Range(0, 101).Select(_ => new Health.HealthClient(greedy).Watch(new())).ToList();
        try
        {
            var ends = await Task.WhenAll(watches.Select(BeginAsync));
            Assert.Equal(100, ends.Count(end => end == StatusCode.OK));
            Assert.Contains(StatusCode.ResourceExhausted, ends);

            using var other = GrpcChannel.ForAddress(Service.Address, new() { HttpHandler = From(IPAddress.Parse("127.0.0.2")) });
            using var watch = new Health.HealthClient(other).Watch(new());
            Assert.Equal(StatusCode.OK, await BeginAsync(watch));
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
        }

        static async Task<StatusCode> BeginAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
        {
            try
            {
                return await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Eventually.Patience) ? StatusCode.OK : StatusCode.Unknown;
            }
            catch (RpcException e)
            {
                return e.StatusCode;
            }
        }

        static SocketsHttpHandler From(IPAddress address) => new()
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(address, 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
    }

    [Fact]
    public async Task Watches_PastTheLimit_AreRefusedUntilAnotherEnds()
    {
        using var client = new TypedClient(Service);
        using var first = client.Servers.WatchServers(new(), client.Call());
        using var second = client.Servers.WatchServers(new(), client.Call());
        Assert.True(await first.ResponseStream.MoveNext() && await second.ResponseStream.MoveNext());

        using (var third = client.Servers.WatchServers(new(), client.Call()))
            Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => third.ResponseStream.MoveNext())).StatusCode);

        first.Dispose();
        await Eventually.SeeAsync(async () =>
        {
            using var again = client.Servers.WatchServers(new(), client.Call());
            try
            {
                return await again.ResponseStream.MoveNext();
            }
            catch (RpcException)
            {
                return false;
            }
        }, isOpen => isOpen, "a watch may be opened again");
    }

    [Fact]
    public async Task Servers_PastTheLimit_AreRefusedToTheirCallerOnly()
    {
        await Service.PauseAsync();
        var token = await Tokens.CreateAsync(Service, "ci", "operator");
        using var client = new FaceClient(Service);
        var codes = new List<int>();
        for (var i = 0; i < 3; i++)
            codes.Add((await client.RestAsync("POST", "/api/servers", null, token)).Code);
        await Service.ProvisionAsync("another");

        Assert.Equal([200, 200, 429], codes);
    }

    // Timers may fire that many milliseconds before their time.
    private const double TimerResolution = 5;

    [Fact]
    public async Task Failures_OneAfterTheOther_AreAnsweredLaterAndLaterAndGoodTokensAtOnce()
    {
        using var client = new FaceClient(Service);
        var times = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            Assert.Equal(401, (await client.RestAsync("GET", "/api/servers", null, $"guess-{i}")).Code);
            times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        }
        Assert.All(Enumerable.Range(3, 5), i => Assert.True(times[i] >= (200 * (i - 2)) - TimerResolution, $"The answers took {string.Join(", ", times.Select(time => $"{time:F0} ms"))}."));

        var many = Enumerable.Range(0, 60).Select(i => client.RestAsync("GET", "/api/servers", null, $"more-{i}")).ToArray();
        await Service.ListAsync();
        var codes = (await Task.WhenAll(many)).Select(answer => answer.Code).Distinct().Order();
        // More than are held back are refused at once.
        Assert.Equal([401, 429], codes);
    }
}
