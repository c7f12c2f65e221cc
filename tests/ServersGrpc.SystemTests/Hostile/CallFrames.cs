using System.Buffers.Binary;
using Google.Protobuf;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile.Http2;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>The frames that calls are made of.</summary>
internal static class CallFrames
{
    public const string Service = "/servers.v1.ServerService/";

    /// <summary>The headers of a call, with a token if one is given.</summary>
    public static List<(string Name, string Value)> Headers(string path, string? token) =>
    [
        (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
        ("content-type", "application/grpc"), ("te", "trailers"), .. token is null ? [] : new[] { ("authorization", $"Bearer {token}") },
    ];

    /// <summary>A HEADERS frame that begins a call.</summary>
    public static byte[] Begin(int streamId, IEnumerable<(string Name, string Value)> headers, bool end = false) => Frame(
        Http2FrameType.Headers, streamId, HeaderBlock.Encode(headers), Http2Flags.EndHeaders | (end ? Http2Flags.EndStream : 0));

    /// <summary>A DATA frame with a message, which ends the request.</summary>
    public static byte[] Message(int streamId, IMessage message) =>
        Frame(Http2FrameType.Data, streamId, RawClient.Frame(message), Http2Flags.EndStream);

    public static byte[] Reset(int streamId) => Frame(Http2FrameType.RstStream, streamId, Int32((int)Http2ErrorCode.Cancel));

    public static byte[] Frame(Http2FrameType type, int streamId, byte[] payload, Http2Flags flags = Http2Flags.None) =>
        new Http2Frame(type, flags, streamId, payload).ToBytes();

    public static byte[] Int32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Sends what is made for each stream until the service has taken all, over new connections where it ends them.</summary>
    /// <returns>How many streams it took, and over how many connections.</returns>
    public static async Task<(int Streams, int Connections)> SendForStreamsAsync(
        ServiceProcess service, int streams, int maxConnections, Func<int, byte[]> make)
    {
        const int AtOnce = 100;
        var (taken, connections) = (0, 0);
        while (taken < streams && connections < maxConnections)
        {
            connections++;
            using var connection = await RawConnection.OpenHttp2Async(service);
            var (sent, goesOn) = (0, true);
            for (; goesOn && taken + sent < streams; sent += AtOnce)
            {
                var first = 1 + (2 * sent);
                goesOn = await connection.SendAsync(Enumerable.Range(0, AtOnce).SelectMany(i => make(first + (2 * i))).ToArray());
            }
            await connection.PingAsync();
            // All, or up to the last one that it says it took.
            taken += connection.GoAway is { } goAway ? (BinaryPrimitives.ReadInt32BigEndian(goAway.Payload) + 1) / 2 : sent;
        }
        return (taken, connections);
    }
}
