using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile;
using ServersGrpc.SystemTests.Hostile.Http2;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>Long gRPC answers are compressed for clients that take it; short ones, which would not get shorter, are not.</summary>
public sealed class CompressionTests(ITestOutputHelper output) : ServiceTest(output)
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Service.PauseAsync();
        // Three servers are a long answer, with their keys.
        await Service.ProvisionAsync("first");
        await Service.ProvisionAsync("second");
        await Service.ProvisionAsync("third");
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("identity", false)]
    [InlineData("br", false)]
    [InlineData("gzip", true)]
    [InlineData("identity,deflate,gzip", true)]
    public async Task LongAnswer_IsCompressedForThoseThatTakeIt(string? accepted, bool isCompressed)
    {
        var answer = await CallAsync("ListServers", new ListServersRequest(), accepted);

        var (flag, payload) = Assert.Single(RawClient.Messages(answer.Body));
        Assert.Equal(isCompressed, flag);
        Assert.Equal(isCompressed ? "gzip" : null, answer.Value("grpc-encoding"));
        var list = ListServersResponse.Parser.ParseFrom(isCompressed ? Inflate(payload) : payload);
        Assert.Equal(["first", "second", "third"], list.Servers.Select(server => server.Name));
    }

    [Theory]
    [InlineData("ListServers")]
    [InlineData("ListServerEvents")]
    public async Task ShortAnswer_IsNotCompressed(string method)
    {
        IMessage request = method == "ListServers"
            ? new ListServersRequest { Provider = "none" }
            : new ListServerEventsRequest { Name = "first" };

        var answer = await CallAsync(method, request, "gzip");

        Assert.False(Assert.Single(RawClient.Messages(answer.Body)).Compressed);
    }

    [Fact]
    public async Task Request_Compressed_IsRead()
    {
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(new GetServerRequest { Name = "first" }.ToByteArray());

        var answer = await PostAsync("GetServer", RawClient.Frame(compressed.ToArray(), 1), ("grpc-encoding", "gzip"));
        var unknown = await PostAsync("GetServer", RawClient.Frame(compressed.ToArray(), 1), ("grpc-encoding", "br"));

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal("first", Server.Parser.ParseFrom(Assert.Single(RawClient.Messages(answer.Body)).Payload).Name);
        Assert.Equal(StatusCode.Unimplemented, unknown.Status);
    }

    private Task<RawAnswer> CallAsync(string method, IMessage request, string? accepted) =>
        PostAsync(method, RawClient.Frame(request), accepted is null ? [] : [("grpc-accept-encoding", accepted)]);

    private async Task<RawAnswer> PostAsync(string method, byte[] frame, params (string, string)[] headers)
    {
        using var raw = new RawClient(Service.Address);
        return await raw.PostAsync(
            frame, CallFrames.Service + method, headers: [("authorization", $"Bearer {Service.Token}"), .. headers]);
    }

    private static byte[] Inflate(byte[] payload)
    {
        using var gzip = new GZipStream(new MemoryStream(payload), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
