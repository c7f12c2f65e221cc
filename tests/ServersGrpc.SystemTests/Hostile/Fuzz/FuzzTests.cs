using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile.Http2;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>
/// A hundred thousand requests that chance made. Every answer keeps the rules; the service goes on, and what they made in it keeps the
/// contract, across a restart too.
/// </summary>
[Collection(Collection)]
public partial class FuzzTests(ITestOutputHelper output) : HostileTest(output)
{
    private const int RestRequests = 52_000;
    private const int RestBytes = 4_000;
    private const int GrpcCalls = 32_000;
    private const int GrpcFrames = 4_000;
    private const int WebCalls = 8_000;
    private const int Workers = 8;
    private const int FewShown = 10;

    // Long enough for an answer, short enough to wait for it where the spoiled request has no end.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Keys =
    [
        "id", "provider", "state", "name", "image", "region", "size", "platform", "address", "capacity", "secret", "error", "ca_key", "ca_cert", "tls_key",
        "tls_cert", "created", "updated", "started", "stopped",
    ];

    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<string, int> _outcomes = new();

    [Fact]
    public async Task Rest_RandomRequests_AnswersKeepTheRules()
    {
        var fuzzer = new RestFuzzer(Service.Token);
        await FuzzAsync(RestRequests, () => new Http1Client(Service), async (client, random) =>
        {
            var request = fuzzer.Make(random);
            var isHead = request.Method == "HEAD";
            var answer = await client.SendAsync(request.ToBytes(), isHead, Eventually.Patience);
            Count("REST", answer?.Status);
            return (answer is null ? "no answer" : AnswerRules.FaultOfRest(answer, isHead), request, answer);
        });
        await CheckStateAsync();
    }

    [Fact]
    public async Task Rest_RandomBytes_AnswersKeepTheRules()
    {
        var fuzzer = new RestFuzzer(Service.Token);
        await FuzzAsync(RestBytes, () => new Http1Client(Service), async (client, random) =>
        {
            var bytes = Mutation.Bytes(random, fuzzer.Make(random).ToBytes());
            var isHead = bytes.AsSpan().StartsWith("HEAD"u8);
            var answer = await client.SendAsync(bytes, isHead, Moment);
            // What is left of it must not be the next one's beginning.
            client.Dispose();
            Count("REST bytes", answer?.Status);
            return (answer is null ? null : AnswerRules.FaultOfRest(answer, isHead), Encoding.Latin1.GetString(bytes), answer);
        });
        await CheckStateAsync();
    }

    [Fact]
    public async Task Grpc_RandomCalls_AnswersKeepTheRules()
    {
        var fuzzer = new GrpcFuzzer(Service.Token);
        await FuzzAsync(GrpcCalls, () => new Http2Caller(Service), async (caller, random) =>
        {
            var call = fuzzer.Make(random);
            var answer = await caller.CallAsync(call, random);
            Count("gRPC", answer.Value("grpc-status") ?? answer.Shape);
            return (AnswerRules.FaultOfGrpc(answer, call), call, $"{answer.Shape} {string.Join(", ", answer.Headers.Concat(answer.Trailers))}");
        });
        await CheckStateAsync();
    }

    [Fact]
    public async Task Grpc_RandomFrames_AnswersKeepTheRules()
    {
        var fuzzer = new GrpcFuzzer(Service.Token);
        await FuzzAsync(GrpcFrames, () => new Nothing(), async (_, random) =>
        {
            var call = fuzzer.Make(random);
            byte[] good =
            [
                .. CallFrames.Begin(1, [.. CallFrames.Headers(call.Path, token: null).Take(4), .. call.Headers]),
                .. CallFrames.Frame(Http2FrameType.Data, 1, call.Body, Http2Flags.EndStream),
            ];
            var bytes = Mutation.Bytes(random, good);
            using var connection = await RawConnection.OpenHttp2Async(Service);
            await connection.SendAsync((byte[])[.. bytes, .. CallFrames.Frame(Http2FrameType.Ping, 0, new byte[8])]);
            await Task.WhenAny(connection.Ended, Task.Delay(Moment));
            var shape = new Http2Answer(connection.Frames).Shape;
            Count("frames", connection.Frames.LastOrDefault() is { Type: Http2FrameType.GoAway } last ? last.ErrorCode : "goes on");
            // Kestrel takes the index 0 of HPACK (0x80) for an error of its own, and ends that connection.
            var fault = connection.Frames.Any(frame =>
                (frame.Type == Http2FrameType.RstStream || (frame.Type == Http2FrameType.GoAway && !bytes.Contains((byte)0x80)))
                && frame.ErrorCode == Http2ErrorCode.InternalError)
                ? "an error of the service" : null;
            return (fault, Convert.ToHexString(bytes), shape);
        });
        await CheckStateAsync();
    }

    [Fact]
    public async Task GrpcWeb_RandomCalls_AnswersKeepTheRules()
    {
        // Kestrel's own words for a call of HTTP/1.1 whose deadline passed while its message was read. It ends the connection, which is all there is to do.
        Service.ExpectErrors("automatic draining of the request body failed");
        var fuzzer = new GrpcFuzzer(Service.Token);
        await FuzzAsync(WebCalls, () => new Http1Client(Service), async (client, random) =>
        {
            var call = fuzzer.Make(random);
            var isText = random.Next(2) == 0;
            var headers = call.Headers.Select(header =>
                header.Name == "content-type" ? (header.Name, header.Value.Replace("grpc", isText ? "grpc-web-text" : "grpc-web")) : header);
            var body = isText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(call.Body)) : call.Body;
            var isSpoiled = isText && random.Next(4) == 0;
            if (isSpoiled) body = Mutation.Bytes(random, body);
            var path = string.Concat(call.Path.Where(character => character is > ' ' and < '\u007f'));
            var request = new Http1Request("POST", path, [("Host", "localhost"), .. headers], body);
            // A connection may have been closed after the answer before this one, as clients know of HTTP/1.1: then they make another.
            var answer = await client.SendAsync(request.ToBytes(), isHead: false, Eventually.Patience)
                ?? await client.SendAsync(request.ToBytes(), isHead: false, Eventually.Patience);
            Count("gRPC-Web", answer?.Status);
            return (answer is null ? "no answer" : AnswerRules.FaultOfWeb(answer, call.MayBeInternal || isSpoiled, GrpcFuzzer.IsWatch(path)), request, answer);
        });
        await CheckStateAsync();
    }

    /// <summary>Makes the requests, several at a time, beside a client that behaves.</summary>
    private Task FuzzAsync<TClient>(
        int requests, Func<TClient> connect, Func<TClient, Random, Task<(string? Fault, object Request, object? Answer)>> send)
        where TClient : IDisposable => WithstandAsync(async () =>
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            using var client = connect();
            while (Interlocked.Increment(ref next) is var number && number < requests * FuzzSeed.Factor)
            {
                try
                {
                    var (fault, request, answer) = await send(client, FuzzSeed.For(number));
                    if (fault is not null) _faults.Enqueue($"Request {number}: {fault}\n{request}\nanswered {answer}");
                }
                catch (InvalidDataException e)
                {
                    _faults.Enqueue($"Request {number}: {e.Message}");
                }
            }
        })));

        foreach (var (outcome, count) in _outcomes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Output.WriteLine($"{outcome}: {count}");
        Assert.True(_faults.IsEmpty, $"SERVERS_FUZZ_SEED={FuzzSeed.Value}: {_faults.Count} faults, of them\n{string.Join("\n\n", _faults.Take(FewShown))}");
    });

    private void Count(string face, object? outcome) => _outcomes.AddOrUpdate($"{face} {outcome ?? "nothing"}", 1, (_, count) => count + 1);

    /// <summary>What is there keeps the contract, and is the same after a restart.</summary>
    private async Task CheckStateAsync()
    {
        var before = await Service.Http.GetStringAsync("/api/servers");
        var servers = JsonNode.Parse(before)!.AsArray();
        foreach (var server in servers)
        {
            var name = (string)server!["name"]!;
            Assert.Equal(Keys, server.AsObject().Select(field => field.Key).Take(Keys.Length));
            Assert.Matches(Name(), name);
            Assert.Contains((string)server["state"]!, (string[])["pending", "shutdown", "stopping", "stopped"]);
            Assert.InRange((int)server["capacity"]!, 1, 10_000);
            Assert.Equal(server.ToJsonString(), JsonNode.Parse(await Service.Http.GetStringAsync($"/api/servers/{name}"))!.ToJsonString());
            Assert.Equal("ProvisionRequested", (await Service.ReasonsAsync(name))[0]);
        }
        Assert.Equal(0, await Service.StopAsync());
        await Service.StartAsync();
        Assert.Equal(before, await Service.Http.GetStringAsync("/api/servers"));
        Output.WriteLine($"{servers.Count} servers.");
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    private static partial Regex Name();

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
