using System.Text;
using Google.Rpc;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>How large a message may be is said in gRPC's own terms, of any size; a stream may hold any number of messages.</summary>
public sealed class MessageSizeTests(SharedService shared) : IClassFixture<SharedService>
{
    private const int MaxRequestSize = 1024 * 1024;

    [Theory]
    [InlineData(MaxRequestSize + 1)]
    [InlineData(3 * MaxRequestSize)]
    [InlineData(8 * MaxRequestSize)]
    public async Task Message_OverTheLimit_IsResourceExhaustedAndTheNextCallIsServed(int size)
    {
        using var client = new TypedClient(shared.Service);

        var refused = await Assert.ThrowsAsync<RpcException>(
            () => client.Servers.ProvisionServerAsync(new() { UserData = new('a', size) }, client.Call()).ResponseAsync);
        var next = await Assert.ThrowsAsync<RpcException>(
            () => client.Servers.GetServerAsync(new() { Name = "nobody" }, client.Call()).ResponseAsync);

        Assert.Equal((StatusCode.ResourceExhausted, StatusCode.NotFound), (refused.StatusCode, next.StatusCode));
    }

    /// <summary>It is too large for a server, not for a message: the field is named.</summary>
    [Fact]
    public async Task Message_OfNearlyTheLimit_IsRead()
    {
        using var client = new TypedClient(shared.Service);

        var refused = await Assert.ThrowsAsync<RpcException>(
            () => client.Servers.ProvisionServerAsync(new() { UserData = new('a', MaxRequestSize - 100) }, client.Call()).ResponseAsync);

        Assert.Equal("user_data", refused.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations.Single().Field);
    }

    [Fact]
    public async Task Stream_OfManyMessages_HasNoLimitInAll()
    {
        const int Questions = 40;
        using var client = new TypedClient(shared.Service);
        using var stream = client.Reflect();
        // "What is in the file of this name?", with a name of 100 KB.
        byte[] question = [0x1A, 0xA0, 0x8D, 0x06, .. Encoding.ASCII.GetBytes(new string('a', 100_000))];

        for (var i = 0; i < Questions; i++)
        {
            await stream.RequestStream.WriteAsync(question);
            Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Eventually.Patience));
        }

        await stream.RequestStream.CompleteAsync();
        Assert.False(await stream.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Eventually.Patience));
    }
}
