using Grpc.Core;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

public sealed class MetadataTests
{
    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });

    [Fact]
    public async Task Unary_HeadersOfTheCaller_ReachTheMethodInLowerCase()
    {
        await using var host = await GrpcHost.StartAsync();
        Metadata? seen = null;
        host.Behavior.Unary = (_, context) =>
        {
            seen = context.RequestHeaders;
            return Task.FromResult(new Pong());
        };

        await host.Client.UnaryAsync(new Ping(), new Metadata { { "X-Text", "one" }, { "x-bytes-bin", [1, 2, 3] } });

        Assert.Equal("one", seen!.GetValue("x-text"));
        Assert.Equal([1, 2, 3], seen.GetValueBytes("x-bytes-bin")!);
        Assert.DoesNotContain(seen, entry => entry.Key.StartsWith(':') || entry.Key == "grpc-timeout");
    }

    [Theory]
    [InlineData("AQI=", new byte[] { 1, 2 })]
    [InlineData("AQI", new byte[] { 1, 2 })]
    [InlineData("", new byte[0])]
    public async Task Post_BinaryHeaderPaddedOrNot_IsDecoded(string value, byte[] expected)
    {
        await using var host = await GrpcHost.StartAsync();
        byte[]? seen = null;
        host.Behavior.Unary = (_, context) =>
        {
            seen = context.RequestHeaders.GetValueBytes("x-bin");
            return Task.FromResult(new Pong());
        };

        var answer = await host.Raw.PostAsync(Hello, headers: ("x-bin", value));

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Post_BinaryHeaderCommaJoined_IsSeveralEntries()
    {
        await using var host = await GrpcHost.StartAsync();
        List<byte[]>? seen = null;
        host.Behavior.Unary = (_, context) =>
        {
            seen = [.. context.RequestHeaders.GetAll("x-bin").Select(entry => entry.ValueBytes)];
            return Task.FromResult(new Pong());
        };

        await host.Raw.PostAsync(Hello, headers: ("x-bin", "AQ==,Ag, Aw"));

        Assert.Equal([[1], [2], [3]], seen!);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("*&^%")]
    [InlineData("AQI====")]
    public async Task Post_BinaryHeaderThatIsNoBase64_IsInternalThoughNobodyLooks(string value)
    {
        await using var host = await GrpcHost.StartAsync();

        Assert.Equal(StatusCode.Internal, (await host.Raw.PostAsync(Hello, headers: ("x-bin", value))).Status);
    }

    [Fact]
    public async Task Unary_HeadersAndTrailersOfTheMethod_ReachTheCaller()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "x-head", "h" }, { "x-head-bin", [1] } });
            context.ResponseTrailers.Add("x-tail", "t");
            context.ResponseTrailers.Add("x-tail-bin", [2]);
            return new Pong();
        };

        using var call = host.Client.UnaryAsync(new Ping());
        var headers = await call.ResponseHeadersAsync;
        await call;

        Assert.Equal("h", headers.GetValue("x-head"));
        Assert.Equal([1], headers.GetValueBytes("x-head-bin")!);
        Assert.Equal("t", call.GetTrailers().GetValue("x-tail"));
        Assert.Equal([2], call.GetTrailers().GetValueBytes("x-tail-bin")!);
    }

    [Fact]
    public async Task Unary_TrailerThatCannotCross_IsLeftOut()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = (_, context) =>
        {
            context.ResponseTrailers.Add("x-bad", "line\nbreak");
            context.ResponseTrailers.Add("x-good", "good");
            return Task.FromResult(new Pong());
        };

        using var call = host.Client.UnaryAsync(new Ping());
        await call;

        Assert.Null(call.GetTrailers().Get("x-bad"));
        Assert.Equal("good", call.GetTrailers().GetValue("x-good"));
        Assert.Contains(host.Logs.Texts, text => text.Contains("x-bad"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a:b")]
    public void Add_KeyWithOtherCharacters_Throws(string key) =>
        Assert.Throws<ArgumentException>(() => new Metadata().Add(key, "value"));

    [Fact]
    public void Add_KindOfValueAgainstTheKey_Throws()
    {
        Assert.Throws<ArgumentException>(() => new Metadata().Add("x-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata().Add("x", [1]));
    }

    [Fact]
    public void Get_RepeatedKeyInAnyCase_IsTheLastEntry()
    {
        var metadata = new Metadata { { "Key", "1" }, { "key", "2" } };

        Assert.Equal("2", metadata.GetValue("KEY"));
        Assert.Equal(["1", "2"], metadata.GetAll("key").Select(entry => entry.Value));
        Assert.Equal("key", metadata[0].Key);
    }

    [Fact]
    public void Empty_Add_Throws() => Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
}
