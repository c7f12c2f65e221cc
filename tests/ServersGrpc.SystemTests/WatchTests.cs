using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Net.Client;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>Those who watch hear of every change once and in order, whatever breaks; and nobody waits for them.</summary>
public class WatchTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const int OutOfRange = 11;
    private const int ResourceExhausted = 8;

    // The reader that does not read must not be cut off for that before all is written, however slow the machine.
    protected override string[] Options => ["--Servers:MaxServers=100000", "--Servers:Limits:RateGrace=00:01:00"];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        // A machine would be a process, and changes are the same without.
        await Service.PauseAsync();
        await Service.ProvisionAsync("first");
    }

    [Fact]
    public async Task Kill_WhileManyWatch_EachReaderThatGoesOnSeesEveryChangeOnce()
    {
        const int Kills = 4;
        var (lines, events, grpc) = (new List<string>(), new List<string>(), new List<string>());
        for (var kill = 0; kill < Kills; kill++)
        {
            var readers = new[]
            {
                FollowAsync(lines, since => ChangeStream.LinesAsync(Service, since)),
                FollowAsync(events, since => ChangeStream.EventsAsync(Service, since)),
                FollowGrpcAsync(grpc),
            };
            var load = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => LoadAsync($"k{kill}-{worker}-")));
            await Eventually.BeAsync(() => lines.Count > 40 * (kill + 1), "changes are seen");
            await Service.KillAsync();
            await Task.WhenAll([load, .. readers]);
            await Service.StartAsync();
        }
        await Service.ProvisionAsync("last");

        var all = new List<string>();
        foreach (var (seen, open) in new[]
        {
            (all, (Func<long, Task<ChangeStream>>)(since => ChangeStream.LinesAsync(Service, since))),
            (lines, since => ChangeStream.LinesAsync(Service, since)),
            (events, since => ChangeStream.EventsAsync(Service, since)),
            (grpc, since => ChangeStream.LinesAsync(Service, since)),
        })
            await FollowAsync(seen, open, until: "last");

        Output.WriteLine($"{all.Count} changes.");
        Assert.Equal(all, lines);
        Assert.Equal(all, events);
        Assert.Equal(all, grpc);
    }

    [Fact]
    public async Task AThousandWatches_AllSeeEveryChange()
    {
        const int Each = 500;
        const int Changes = 20;
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue });
        // One connection, as most clients have it.
        using var channel = GrpcChannel.ForAddress(Service.Address, new() { HttpHandler = new SocketsHttpHandler() });
        var client = new ServerService.ServerServiceClient(channel);
        using var open = new CountdownEvent(2 * Each);
        var watches = Enumerable.Range(0, Each).SelectMany(_ => new[] { WatchLinesAsync(), WatchGrpcAsync() }).ToList();
        await Eventually.BeAsync(() => open.IsSet, "all watches are open");

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Changes; i++)
            await Service.ProvisionAsync($"n{i}");
        Output.WriteLine($"{Changes} changes were written in {clock.ElapsedMilliseconds} ms");
        var seen = await Task.WhenAll(watches).WaitAsync(Eventually.Patience);
        Output.WriteLine($"and read by {2 * Each} watches in {clock.ElapsedMilliseconds} ms.");

        var expected = Enumerable.Range(0, Changes).Select(i => $"n{i}").ToList();
        Assert.All(seen, names => Assert.Equal(expected, names));

        async Task<List<string>> WatchLinesAsync()
        {
            await using var stream = await ChangeStream.LinesAsync(Service, 1, http);
            Assert.Null((await stream.NextAsync())!["server"]);
            open.Signal();
            var names = new List<string>();
            while (names.Count < Changes)
            {
                if ((await stream.NextAsync())!["server"] is { } server)
                    names.Add((string)server["name"]!);
            }
            return names;
        }

        async Task<List<string>> WatchGrpcAsync()
        {
            using var call = client.WatchServers(new() { SinceRevision = 1 }, Token());
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Null(call.ResponseStream.Current.Server);
            open.Signal();
            var names = new List<string>();
            while (names.Count < Changes)
            {
                Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
                if (call.ResponseStream.Current.Server is { } server)
                    names.Add(server.Name);
            }
            return names;
        }
    }

    [Fact]
    public async Task ReaderThatDoesNotRead_IsToldToGoOnAndMissesNothing()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024 };
        var address = new Uri(Service.Address);
        await socket.ConnectAsync(address.Host, address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /api/servers:watch?since_revision=1 HTTP/1.0\r\nHost: {address.Authority}\r\nAuthorization: Bearer {Service.Token}\r\n\r\n"));
        using var channel = GrpcChannel.ForAddress(Service.Address);
        using var call = new ServerService.ServerServiceClient(channel).WatchServers(new() { SinceRevision = 1 }, Token());
        await call.ResponseHeadersAsync;

        // Far more than the sockets and the service keep for a reader: each turn is 4 changes of 8 KB.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => LoadAsync($"w{worker}-", 200)));
        using var patience = new CancellationTokenSource(Eventually.Patience);

        using var reader = new StreamReader(new NetworkStream(socket));
        var last = "";
        var lines = new List<string>();
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            last = line;
            if (line.StartsWith("{\"type\"", StringComparison.Ordinal) && JsonNode.Parse(line)! is var message && message["server"] is not null)
                lines.Add(Identity(message));
        }
        Assert.Equal(ResourceExhausted, (int)JsonNode.Parse(last)!["error"]!["code"]!);
        Assert.Contains("READER_TOO_SLOW", last);

        var grpc = new List<string>();
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(patience.Token))
            {
                if (call.ResponseStream.Current is { Server: not null } change)
                    grpc.Add(Identity(change));
            }
        });
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);

        await Service.ProvisionAsync("last");
        var all = new List<string>();
        foreach (var seen in new[] { all, lines, grpc })
            await FollowAsync(seen, since => ChangeStream.LinesAsync(Service, since), until: "last");
        Assert.Equal(all, lines);
        Assert.Equal(all, grpc);
    }

    [Fact]
    public async Task Watch_RevisionNeverReached_IsOutOfRangeWithTheOldest()
    {
        var rest = await Curl.SendAsync(Service, "GET", "/api/servers:watch?since_revision=999999");
        var grpc = await GrpcClient.JavaScript.FailAsync(Service, "watch", new { since_revision = 999999 });

        Assert.Equal((400, OutOfRange), (rest.Status, (int)JsonNode.Parse(rest.Body)!["code"]!));
        Assert.Equal("0", (string?)JsonNode.Parse(rest.Body)!["details"]![0]!["metadata"]!["oldest_revision"]);
        Assert.Equal(OutOfRange, (int)grpc["code"]!);
    }

    /// <summary>Provisions and terminates until the service is gone, or so often.</summary>
    private async Task LoadAsync(string prefix, int times = int.MaxValue)
    {
        try
        {
            for (var i = 0; i < times; i++)
            {
                await Service.ProvisionAsync($"{prefix}{i}");
                await Service.TerminateAsync($"{prefix}{i}", "?force");
            }
        }
        catch (HttpRequestException)
        {
            // Killed in the middle of a call.
        }
    }

    /// <summary>Goes on from the last change seen until the stream breaks, or a server of this name is added.</summary>
    private static async Task FollowAsync(List<string> seen, Func<long, Task<ChangeStream>> open, string until = "")
    {
        try
        {
            await using var stream = await open(LastRevision(seen));
            while (await stream.NextAsync() is { } message)
            {
                if (message["server"] is not { } server)
                    continue;
                seen.Add(Identity(message));
                if ((string?)server["name"] == until)
                    return;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException && until.Length == 0)
        {
            // Killed in the middle of a line, or before the first.
        }
    }

    private async Task FollowGrpcAsync(List<string> seen)
    {
        await using var watch = GrpcClient.JavaScript.Start(Service, "watch", new { since_revision = LastRevision(seen) });
        while (await watch.Output.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line)
        {
            if (JsonNode.Parse(line) is { } message && message["server"] is not null)
                seen.Add(Identity(message));
        }
    }

    // 0 would begin with the servers as they are instead of with changes.
    private static long LastRevision(List<string> seen) => seen.Count == 0 ? 1 : long.Parse(seen[^1].Split(' ')[0]);

    private static string Identity(JsonNode change) =>
        $"{change["revision"]} {change["type"]} {change["server"]!["name"]} {change["server"]!["state"]} {change["server"]!["etag"]} {((string)change["server"]!["tls_key"]!).Length > 0}";

    private static string Identity(ServerChange change) =>
        $"{change.Revision} {change.Type} {change.Server.Name} {change.Server.State} {change.Server.Etag} {change.Server.TlsKey.Length > 0}";

    private Metadata Token() => new() { { "authorization", $"Bearer {Service.Token}" } };
}
