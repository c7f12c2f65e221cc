using System.Buffers;
using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using ServersGrpc.Rpc.Wire;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

public sealed class GzipMessageTests
{
    private const int Trailer = 8;

    private static readonly byte[] Message = new Ping { Text = "hello", Data = ByteString.CopyFrom(new byte[500]) }.ToByteArray();

    [Fact]
    public void Decompress_CutAnywhere_IsInternal()
    {
        var whole = Compressed(Message);
        var outcomes = Enumerable.Range(1, whole.Length - 1)
            .Select(length => (length, (Record.Exception(() => Decompress(whole[..length], maxSize: null)) as RpcException)?.StatusCode));

        Assert.All(outcomes, outcome => Assert.Equal(StatusCode.Internal, outcome.StatusCode));
    }

    [Fact]
    public void Decompress_AnotherChecksumOrLength_IsInternal()
    {
        for (var fromEnd = 1; fromEnd <= Trailer; fromEnd++)
        {
            var broken = Compressed(Message);
            broken[^fromEnd] ^= 1;
            Assert.Equal(StatusCode.Internal, Assert.Throws<RpcException>(() => Decompress(broken, maxSize: null)).StatusCode);
        }
    }

    [Fact]
    public void Decompress_AnyKind_GivesBackWhatWasCompressed()
    {
        var noise = new byte[100_000];
        new Random(7).NextBytes(noise);

        foreach (var payload in (byte[][])[[], [1], Message, noise, new byte[1_000_000]])
            Assert.Equal(payload, Decompress(Compressed(payload), payload.Length));
    }

    [Fact]
    public void Decompress_SeveralMembers_IsTheDataOfAll()
    {
        byte[] members = [.. Compressed(Message), .. Compressed([]), .. Compressed(new byte[100]), .. Compressed(Message)];

        Assert.Equal([.. Message, .. new byte[100], .. Message], Decompress(members, maxSize: null));
        Assert.Equal(
            StatusCode.Internal, Assert.Throws<RpcException>(() => Decompress(members[..^1], maxSize: null)).StatusCode);
        Assert.Equal(
            StatusCode.Internal, Assert.Throws<RpcException>(() => Decompress(members[..^12], maxSize: null)).StatusCode);
    }

    [Fact]
    public void Decompress_NoBytes_IsNoData() => Assert.Empty(Decompress([], maxSize: null));

    [Fact]
    public void Decompress_MoreAfterTheEnd_IsInternal() =>
        Assert.Equal(
            StatusCode.Internal,
            Assert.Throws<RpcException>(() => Decompress([.. Compressed(Message), 1, 2, 3, 4, 5], maxSize: null)).StatusCode);

    [Theory]
    [InlineData(40_000, 60_000)]
    [InlineData(70_000, 105_000)]
    public void Decompress_BeyondTheLimit_DoesNotInflateTheRest(int limit, int length)
    {
        // Its end is broken, which whoever inflates so far notices.
        var payload = Compressed(new byte[length]);
        payload[^1] ^= 1;

        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => Decompress(payload, limit)).StatusCode);
    }

    [Fact]
    public void Decompress_BeyondTheLimit_StopsThere()
    {
        const int Limit = 1_000_000;
        var bomb = Compressed(new byte[100_000_000]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fault = Assert.Throws<RpcException>(() => Decompress(bomb, Limit));

        Assert.Equal(StatusCode.ResourceExhausted, fault.StatusCode);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5 * Limit);
    }

    private static byte[] Compressed(byte[] payload)
    {
        using var compressed = GzipMessage.Compress(payload, CompressionLevel.Fastest);
        return compressed.WrittenMemory.ToArray();
    }

    private static byte[] Decompress(byte[] payload, int? maxSize)
    {
        using var inflated = GzipMessage.Decompress(new ReadOnlySequence<byte>(payload), maxSize);
        return inflated.WrittenMemory.ToArray();
    }
}
