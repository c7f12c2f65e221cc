using Google.Rpc;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile;
using ServersGrpc.SystemTests.Hostile.Http2;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>Bytes that are no UTF-8 where text belongs are refused. They must not be stored as something else.</summary>
public sealed class BrokenTextTests(SharedService shared) : IClassFixture<SharedService>, IAsyncLifetime
{
    private static readonly byte[][] Broken = [[0xFF, 0xFE, 0xFD], [(byte)'a', 0xC3], [0xED, 0xA0, 0x80], [0xC0, 0xAF]];

    private ServiceProcess Service => shared.Service;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => Assert.Equal("[]", (await Curl.SendAsync(Service, "GET", "/api/servers")).Body);

    [Theory]
    [InlineData("ProvisionServer", 1)]
    [InlineData("ProvisionServer", 2)]
    [InlineData("ProvisionServer", 3)]
    [InlineData("ProvisionServer", 4)]
    [InlineData("ProvisionServer", 5)]
    [InlineData("ProvisionServer", 8)]
    [InlineData("ProvisionServer", 9)]
    [InlineData("GetServer", 1)]
    [InlineData("ListServers", 2)]
    [InlineData("ListServers", 3)]
    [InlineData("ListServers", 4)]
    [InlineData("ListServers", 5)]
    [InlineData("TerminateServer", 1)]
    [InlineData("TerminateServer", 3)]
    [InlineData("RotateServerCredentials", 2)]
    [InlineData("ListServerEvents", 1)]
    [InlineData("WatchServers", 4)]
    public async Task Grpc_InATextField_IsInvalidArgument(string method, int field)
    {
        foreach (var text in Broken)
            await AssertRefusedAsync(method, [(byte)((field << 3) | 2), (byte)text.Length, .. text]);
    }

    [Fact]
    public async Task Grpc_InsideOfALabelOrAPlace_IsInvalidArgument()
    {
        foreach (var text in Broken)
        {
            var length = (byte)text.Length;
            // labels: a key, and a value; alternatives: a region.
            await AssertRefusedAsync("ProvisionServer", [0x3A, (byte)(length + 2), 0x0A, length, .. text]);
            await AssertRefusedAsync("ProvisionServer", [0x3A, (byte)(length + 5), 0x0A, 1, (byte)'k', 0x12, length, .. text]);
            await AssertRefusedAsync("ProvisionServer", [0x5A, (byte)(length + 2), 0x0A, length, .. text]);
        }
    }

    [Theory]
    [InlineData("GET", "/api/servers/%ff", 404)]
    [InlineData("DELETE", "/api/servers/a%c3", 404)]
    [InlineData("GET", "/api/servers?provider=%ff", 400)]
    [InlineData("GET", "/api/servers?label_selector=a%3D%ed%a0%80", 400)]
    [InlineData("GET", "/api/servers?%ff=1", 400)]
    [InlineData("GET", "/api/servers:watch?state=%c0%af", 400)]
    [InlineData("DELETE", "/api/servers/x?etag=%fe", 400)]
    public async Task Rest_InAnAddress_IsRefused(string method, string path, int status)
    {
        var answer = await Curl.SendAsync(Service, method, path);

        Assert.Equal(status, answer.Status);
        Assert.Contains(status == 404 ? "There is no server" : "UTF-8", (string?)answer.Json!["message"], StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(string method, byte[] message)
    {
        using var raw = new RawClient(Service.Address);
        var answer = await raw.PostAsync(
            RawClient.Frame(message), CallFrames.Service + method, headers: [("authorization", $"Bearer {Service.Token}")]);

        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
        Assert.Contains("UTF-8", Uri.UnescapeDataString(answer.Message!), StringComparison.Ordinal);
        var details = answer.Value("grpc-status-details-bin")!;
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        Assert.Equal("servers-grpc", status.GetDetail<ErrorInfo>()?.Domain);
    }
}
