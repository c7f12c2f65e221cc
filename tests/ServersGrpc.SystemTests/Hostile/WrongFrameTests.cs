using ServersGrpc.SystemTests.Hostile.Http2;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>Frames of every wrong kind: each ends its stream or its connection with a code of RFC 9113, or is ignored as that says.</summary>
[Collection(Collection)]
public class WrongFrameTests(ITestOutputHelper output) : HostileTest(output)
{
    private const string Protocol = "GOAWAY(ProtocolError)";
    private const string Size = "GOAWAY(FrameSizeError)";
    private const string Closed = "GOAWAY(StreamClosed)";
    private const string Compression = "GOAWAY(CompressionError)";
    private const string Flow = "GOAWAY(FlowControlError)";
    private const string Ignored = "";

    private static readonly byte[] Ping = [.. "are you?"u8];

    private List<(string Name, string Value)> Call => CallFrames.Headers(CallFrames.Service + "GetServer", Service.Token);

    private byte[] Block => HeaderBlock.Encode(Call);

    [Fact]
    public Task WrongFrame_OfEachKind_IsRefusedAsHttp2Says() => WithstandAsync(async () =>
    {
        var wrong = new List<string>();
        foreach (var (name, expected, bytes) in FrameCases().Concat(HeaderCases()))
        {
            var outcome = await SendAsync(bytes);
            if (outcome != expected) wrong.Add($"{name}: \"{outcome}\", expected \"{expected}\"");
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    });

    private IEnumerable<(string Name, string Expected, byte[] Bytes)> FrameCases()
    {
        var message = RawClient.Frame(new GetServerRequest { Name = Bystander.ServerName });
        byte[] began = CallFrames.Begin(1, Call);
        byte[] open = CallFrames.Frame(Http2FrameType.Headers, 1, Block);
        yield return ("DATA on stream 0", Protocol, CallFrames.Frame(Http2FrameType.Data, 0, message));
        yield return ("DATA before HEADERS", Protocol, CallFrames.Frame(Http2FrameType.Data, 1, message));
        yield return ("DATA on an even stream", Protocol, CallFrames.Frame(Http2FrameType.Data, 2, message));
        yield return ("DATA padded beyond its end", Protocol, [.. began, .. CallFrames.Frame(Http2FrameType.Data, 1, [255, 0], Http2Flags.Padded)]);
        yield return ("DATA padded without a length", Size, [.. began, .. CallFrames.Frame(Http2FrameType.Data, 1, [], Http2Flags.Padded)]);
        yield return ("HEADERS on stream 0", Protocol, CallFrames.Begin(0, Call));
        yield return ("HEADERS on an even stream", Protocol, CallFrames.Begin(2, Call));
        yield return ("HEADERS twice without an end", Protocol, [.. began, .. CallFrames.Begin(1, Call)]);
        yield return ("HEADERS of an older stream", Closed, [.. CallFrames.Begin(5, Call), .. CallFrames.Begin(3, Call)]);
        yield return ("HEADERS padded beyond their end", Protocol,
            CallFrames.Frame(Http2FrameType.Headers, 1, [255, 0], Http2Flags.Padded | Http2Flags.EndHeaders));
        yield return ("HEADERS short of their priority", Size,
            CallFrames.Frame(Http2FrameType.Headers, 1, [0], Http2Flags.Priority | Http2Flags.EndHeaders));
        yield return ("HEADERS that depend on themselves", Protocol,
            CallFrames.Frame(Http2FrameType.Headers, 1, [0, 0, 0, 1, 0, .. Block], Http2Flags.Priority | Http2Flags.EndHeaders));
        yield return ("HEADERS of no HPACK", Compression,
            CallFrames.Frame(Http2FrameType.Headers, 1, [255, 255, 255, 255, 255, 255], Http2Flags.EndHeaders));
        yield return ("HEADERS of an index that is none", Compression,
            CallFrames.Frame(Http2FrameType.Headers, 1, [0xFE], Http2Flags.EndHeaders));
        yield return ("HEADERS then a frame that does not continue them", Protocol, [.. open, .. CallFrames.Frame(Http2FrameType.Ping, 0, Ping)]);
        yield return ("CONTINUATION of another stream", Protocol, [.. open, .. CallFrames.Frame(Http2FrameType.Continuation, 3, Block)]);
        yield return ("CONTINUATION of nothing", Protocol, CallFrames.Frame(Http2FrameType.Continuation, 1, Block, Http2Flags.EndHeaders));
        yield return ("PRIORITY on stream 0", Protocol, CallFrames.Frame(Http2FrameType.Priority, 0, [0, 0, 0, 1, 0]));
        yield return ("PRIORITY of a wrong length", Size, CallFrames.Frame(Http2FrameType.Priority, 1, [0]));
        yield return ("PRIORITY of a stream that never was", Ignored, CallFrames.Frame(Http2FrameType.Priority, 1, [0, 0, 0, 3, 0]));
        yield return ("RST_STREAM on stream 0", Protocol, CallFrames.Reset(0));
        yield return ("RST_STREAM of a stream that never was", Protocol, CallFrames.Reset(1));
        yield return ("RST_STREAM of a wrong length", Size, [.. began, .. CallFrames.Frame(Http2FrameType.RstStream, 1, [0])]);
        yield return ("SETTINGS on a stream", Protocol, CallFrames.Frame(Http2FrameType.Settings, 1, []));
        yield return ("SETTINGS of a wrong length", Size, CallFrames.Frame(Http2FrameType.Settings, 0, [0, 1, 0]));
        yield return ("SETTINGS that acknowledge and say more", Size, CallFrames.Frame(Http2FrameType.Settings, 0, new byte[6], Http2Flags.Ack));
        yield return ("SETTINGS of a window too large", Flow, CallFrames.Frame(Http2FrameType.Settings, 0, [0, 4, 255, 255, 255, 255]));
        yield return ("SETTINGS of a frame too small", Protocol, CallFrames.Frame(Http2FrameType.Settings, 0, [0, 5, 0, 0, 0, 1]));
        yield return ("SETTINGS of push that is neither", Protocol, CallFrames.Frame(Http2FrameType.Settings, 0, [0, 2, 0, 0, 0, 2]));
        yield return ("SETTINGS that nobody knows", Ignored, CallFrames.Frame(Http2FrameType.Settings, 0, [0xAB, 0xCD, 0, 0, 0, 2]));
        yield return ("SETTINGS acknowledged that were not sent", Ignored,
            [.. CallFrames.Frame(Http2FrameType.Settings, 0, [], Http2Flags.Ack), .. CallFrames.Frame(Http2FrameType.Settings, 0, [], Http2Flags.Ack)]);
        yield return ("PUSH_PROMISE of a client", Protocol, [.. began, .. CallFrames.Frame(Http2FrameType.PushPromise, 1, [0, 0, 0, 2])]);
        yield return ("PING on a stream", Protocol, CallFrames.Frame(Http2FrameType.Ping, 1, Ping));
        yield return ("PING of a wrong length", Size, CallFrames.Frame(Http2FrameType.Ping, 0, [1]));
        yield return ("GOAWAY on a stream", Protocol, CallFrames.Frame(Http2FrameType.GoAway, 1, new byte[8]));
        yield return ("WINDOW_UPDATE of zero", Protocol, CallFrames.Frame(Http2FrameType.WindowUpdate, 0, CallFrames.Int32(0)));
        yield return ("WINDOW_UPDATE that overflows", Flow, CallFrames.Frame(Http2FrameType.WindowUpdate, 0, CallFrames.Int32(int.MaxValue)));
        yield return ("WINDOW_UPDATE of a wrong length", Size, CallFrames.Frame(Http2FrameType.WindowUpdate, 0, [0]));
        yield return ("WINDOW_UPDATE of a stream that never was", Protocol,
            CallFrames.Frame(Http2FrameType.WindowUpdate, 1, CallFrames.Int32(1)));
        yield return ("A frame that nobody knows", Ignored, CallFrames.Frame((Http2FrameType)0xEE, 7, new byte[100]));
        yield return ("A frame that is too long", Size, [.. began, .. CallFrames.Frame(Http2FrameType.Data, 1, new byte[16_385])]);
        yield return ("Bytes that are no frames", Size, [.. Enumerable.Repeat((byte)0xFF, 64)]);
    }

    private IEnumerable<(string Name, string Expected, byte[] Bytes)> HeaderCases()
    {
        const string Stream = "RST_STREAM(ProtocolError)";
        (string Name, string Value)[] pseudo = [.. Call.Where(header => header.Name.StartsWith(':'))];
        (string Name, string Value)[] regular = [.. Call.Where(header => !header.Name.StartsWith(':'))];
        yield return ("a name in upper case", Protocol, CallFrames.Begin(1, [.. Call, ("X-Upper", "1")], end: true));
        yield return ("connection", Protocol, CallFrames.Begin(1, [.. Call, ("connection", "close")], end: true));
        // RFC 9113 asks for an error. Kestrel passes over it: in HTTP/2 nothing is framed by it.
        yield return ("transfer-encoding", "HEADERS(200)", CallFrames.Begin(1, [.. Call, ("transfer-encoding", "chunked")], end: true));
        yield return ("te: gzip", Protocol, CallFrames.Begin(1, [.. Call, ("te", "gzip")], end: true));
        yield return ("a line break", Protocol, CallFrames.Begin(1, [.. Call, ("x", "a\r\nb")], end: true));
        yield return ("a pseudo-header that is none", Protocol, CallFrames.Begin(1, [.. pseudo, (":x", "1"), .. regular], end: true));
        yield return ("a response's pseudo-header", Protocol, CallFrames.Begin(1, [.. pseudo, (":status", "200"), .. regular], end: true));
        yield return ("a pseudo-header twice", Protocol, CallFrames.Begin(1, [.. pseudo, (":path", "/"), .. regular], end: true));
        yield return ("a pseudo-header after others", Protocol, CallFrames.Begin(1, [.. regular, .. pseudo], end: true));
        yield return ("a pseudo-header in trailers", Protocol,
            [.. CallFrames.Begin(1, Call), .. CallFrames.Begin(1, [(":path", "/")], end: true)]);
        foreach (var name in (string[])[":method", ":scheme", ":path"])
            yield return ($"no {name}", Stream, CallFrames.Begin(1, Call.Where(header => header.Name != name), end: true));
        foreach (var (name, value) in ((string, string)[])
        [
            (":path", "*"), (":path", "x"), (":path", ""), (":path", "http://localhost/api/servers"), (":path", "/%00"),
            (":scheme", "https"), (":scheme", "ftp"), (":method", "G T"), (":authority", "a b"),
        ])
            yield return ($"{name} of \"{value}\"", Stream,
                CallFrames.Begin(1, Call.Select(header => header.Name == name ? (name, value) : header), end: true));
        yield return ("a body shorter than declared", Stream, CallFrames.Begin(1, [.. Call, ("content-length", "1000")], end: true));
        yield return ("a body longer than declared", Stream,
            [.. CallFrames.Begin(1, [.. Call, ("content-length", "1")]), .. CallFrames.Message(1, new GetServerRequest { Name = "longer" })]);
        yield return ("two content-lengths", Protocol,
            CallFrames.Begin(1, [.. Call, ("content-length", "0"), ("content-length", "1")], end: true));
        yield return ("endless metadata", "HEADERS(200)", Split([.. Enumerable.Range(0, 6).Select(i => ($"x-{i}", new string('a', 8_000)))]));
        yield return ("many small headers", "HEADERS(200)", Split([.. Enumerable.Range(0, 150).Select(i => ($"x-{i}", ""))]));
        yield return ("very many small headers", Protocol, Split([.. Enumerable.Range(0, 2_000).Select(i => ($"x-{i}", ""))]));
        yield return ("a single huge header", "HEADERS(200)", Split([("x", new string('a', 33_000))]));
        yield return ("a -bin header of garbage", "HEADERS(200)", CallFrames.Begin(1, [.. Call, ("x-bin", "\u0001!")], end: true));
    }

    /// <summary>A call with more headers, in as many frames as it takes.</summary>
    private byte[] Split((string Name, string Value)[] more)
    {
        var parts = HeaderBlock.Encode([.. Call, .. more]).Chunk(16_000).ToList();
        return [.. parts.SelectMany((part, i) => CallFrames.Frame(
            i == 0 ? Http2FrameType.Headers : Http2FrameType.Continuation,
            1,
            part,
            (i == parts.Count - 1 ? Http2Flags.EndHeaders : 0) | (i == 0 ? Http2Flags.EndStream : 0)))];
    }

    /// <summary>What the service did: the resets, refusals and the end that came before it answered a PING, or closed.</summary>
    private async Task<string> SendAsync(byte[] bytes)
    {
        using var connection = await RawConnection.OpenHttp2Async(Service);
        await connection.SendAsync(bytes);
        await connection.PingAsync();
        return string.Join(' ', connection.Frames.Select(Describe).OfType<string>());
    }

    private static string? Describe(Http2Frame frame) => frame.Type switch
    {
        Http2FrameType.RstStream => $"RST_STREAM({frame.ErrorCode})",
        Http2FrameType.GoAway => $"GOAWAY({frame.ErrorCode})",
        Http2FrameType.Headers => $"HEADERS({new Http2Answer([frame]).HttpStatus})",
        _ => null,
    };
}
