using System.IO.Compression;
using System.Net;
using System.Text;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile.Http2;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>Small requests that would be large, or deep, or many, once they are read; and answers that nobody takes.</summary>
[Collection(Collection)]
public class BombTests(ITestOutputHelper output) : HostileTest(output)
{
    private const int Calls = 50;

    // What most clients have on one connection.
    private const int StreamsOfAClient = 100;

    // As the service allows.
    private const int StreamsOfAConnection = 4096;
    private const string Reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

    [Theory]
    [InlineData(CallFrames.Service + "GetServer")]
    [InlineData(CallFrames.Service + "WatchServers")]
    [InlineData(Reflection)]
    public Task Grpc_GzipBomb_IsResourceExhausted(string path) => WithstandAsync(async () =>
    {
        // Four times the heap, in a thousandth of it.
        var bomb = RawClient.Frame(Zeros(4L * HeapLimit), flag: 1);

        await PostManyAsync(path, bomb, StatusCode.ResourceExhausted, ("grpc-encoding", "gzip"));
    });

    [Fact]
    public Task Grpc_MessagesNestedWithoutEnd_AreInvalid() => WithstandAsync(async () =>
    {
        // Each byte begins a group within the last one, in a field that the contract does not know.
        var nested = RawClient.Frame([.. Enumerable.Repeat((byte)0x7B, 1_000_000)]);

        await PostManyAsync(CallFrames.Service + "GetServer", nested, StatusCode.InvalidArgument);
    });

    [Fact]
    public Task Grpc_MessageThatPromisesMoreThanItMay_IsResourceExhausted() => WithstandAsync(() =>
        PostManyAsync(CallFrames.Service + "GetServer", RawClient.Frame([], length: int.MaxValue), StatusCode.ResourceExhausted));

    /// <summary>No number of bytes in memory: a length that only garbage has.</summary>
    [Fact]
    public Task Grpc_MessageThatPromisesMoreThanThereCanBe_IsInvalid() => WithstandAsync(() =>
        PostManyAsync(CallFrames.Service + "GetServer", RawClient.Frame([], length: uint.MaxValue), StatusCode.InvalidArgument));

    [Theory]
    [InlineData("[", 1_000_000)]
    [InlineData("{\"labels\":", 100_000)]
    [InlineData("{\"\":", 100_000)]
    [InlineData("{\"name\":\"a\",", 80_000)]
    public Task Rest_JsonWithoutEnd_Is400(string part, int times) => WithstandAsync(() =>
        RefuseManyAsync(string.Concat(Enumerable.Repeat(part, times)), maxAnswer: 10_000));

    [Theory]
    [InlineData("{\"labels\":{", "\"k{0}\":\"v\"", "}}")]
    [InlineData("{\"labels\":{", "\"-{0}\":\"v\"", "}}")]
    [InlineData("{\"labels\":[", "\"v{0}\"", "]}")]
    [InlineData("{", "\"unknown{0}\":1", "}")]
    [InlineData("{", "\"name\":0", "}")]
    [InlineData("{", "\"u{0}\":1,\"name\":0", "}")]
    [InlineData("{\"alternatives\":[", "{\"region\":0}", "]}")]
    public Task Rest_VeryManyFields_Are400(string start, string item, string end) => WithstandAsync(() =>
        RefuseManyAsync(start + string.Join(',', Enumerable.Range(0, 50_000).Select(i => item.Replace("{0}", $"{i}"))) + end, maxAnswer: 100_000));

    [Fact]
    public Task Rest_VeryManyParameters_Are400() => WithstandAsync(async () =>
    {
        var query = string.Join('&', Enumerable.Range(0, 1_500).Select(i => $"x{i}"));
        for (var i = 0; i < Calls; i++)
        {
            using var response = await Service.Http.GetAsync($"/api/servers?{query}");
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public Task Lists_ThatNobodyTakes_AreBounded(int window) => WithstandAsync(async () =>
    {
        for (var i = 0; i < 19; i++)
            await Service.ProvisionAsync($"server{i}");
        var readers = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 4; i++)
            {
                readers.Add(await RawConnection.OpenHttp2Async(Service, window: window));
                for (var call = 0; call < StreamsOfAClient; call++)
                    await readers[i].SendAsync(AskForList(1 + (2 * call), isGrpc: call % 2 == 0));
            }
            // All that they asked for is under way by now, and waits for them.
            foreach (var reader in readers)
                await reader.PingAsync();
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Calls_NeverFinished_AsManyAsAConnectionMayHave_AreBounded(bool authenticated) => WithstandAsync(async () =>
    {
        var headers = CallFrames.Headers(CallFrames.Service + "GetServer", authenticated ? Service.Token : null);
        var connections = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 2; i++)
            {
                connections.Add(await RawConnection.OpenHttp2Async(Service));
                for (var call = 0; call < StreamsOfAConnection; call++)
                    await connections[i].SendAsync(CallFrames.Begin(1 + (2 * call), headers));
            }
            foreach (var connection in connections)
                await connection.PingAsync();
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    });

    private async Task PostManyAsync(string path, byte[] body, StatusCode expected, params (string Name, string Value)[] headers)
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, Calls), async (_, _) =>
        {
            using var raw = new RawClient(Service.Address);
            var answer = await raw.PostAsync(body, path, headers: [.. headers, ("authorization", $"Bearer {Service.Token}")]);
            Assert.Equal((HttpStatusCode.OK, expected), (answer.HttpStatus, answer.Status));
        });
    }

    private Task RefuseManyAsync(string json, int maxAnswer) =>
        Parallel.ForEachAsync(Enumerable.Range(0, Calls), async (_, cancellationToken) =>
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var response = await Service.Http.PostAsync("/api/servers", content, cancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.InRange((await response.Content.ReadAsByteArrayAsync(cancellationToken)).Length, 1, maxAnswer);
        });

    private static byte[] Zeros(long count)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            var zeros = new byte[1 << 20];
            for (; count > 0; count -= zeros.Length)
                gzip.Write(zeros);
        }
        return compressed.ToArray();
    }
}
