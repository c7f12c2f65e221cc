using System.Buffers.Binary;
using System.Net.Sockets;

namespace ServersGrpc.SystemTests.Hostile.Http2;

/// <summary>
/// The client end of a connection, made of frames: it sends what it is told, in the order in which it is told, and shows what comes as
/// it comes. By itself it only acknowledges SETTINGS and PING.
/// </summary>
internal sealed class Http2Peer : IAsyncDisposable
{
    public const int UnlimitedWindow = int.MaxValue;

    public static readonly byte[] Preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8];

    private const int HeaderTableSize = 1;
    private const int InitialWindowSize = 4;
    private const int DefaultWindow = 65_535;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly string _authority;
    private readonly Dictionary<int, Queue<Http2Frame>> _unread = [];
    private int _lastStreamId = -1;

    private Http2Peer(TcpClient client, string authority)
    {
        _client = client;
        _stream = client.GetStream();
        _authority = authority;
    }

    /// <summary>Connects, and sends the preface and settings: no header compression, and windows of a size.</summary>
    public static async Task<Http2Peer> ConnectAsync(string address, int window = UnlimitedWindow)
    {
        var peer = await OpenAsync(address);
        await peer.SendAsync(Preface);
        await peer.SendAsync(Http2FrameType.Settings, Http2Flags.None, 0, Settings((HeaderTableSize, 0), (InitialWindowSize, window)));
        if (window > DefaultWindow)
            await peer.SendWindowAsync(0, window - DefaultWindow);
        return peer;
    }

    /// <summary>Connects, and sends nothing.</summary>
    public static async Task<Http2Peer> OpenAsync(string address)
    {
        var url = new Uri(address);
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(url.Host, url.Port);
        return new Http2Peer(client, url.Authority);
    }

    /// <summary>The headers with which a call begins.</summary>
    public List<(string Name, string Value)> RequestHeaders(string path, params (string Name, string Value)[] more) =>
    [
        (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", _authority),
        ("content-type", "application/grpc"), ("te", "trailers"), .. more,
    ];

    /// <summary>Opens a stream for a call.</summary>
    public Task<int> CallAsync(string path = RawClient.UnaryPath, bool end = false, params (string Name, string Value)[] headers) =>
        CallAsync(RequestHeaders(path, headers), end);

    public async Task<int> CallAsync(IEnumerable<(string Name, string Value)> headers, bool end = false)
    {
        _lastStreamId += 2;
        await SendHeadersAsync(_lastStreamId, headers, end);
        return _lastStreamId;
    }

    /// <summary>A whole call of one message, and its answer.</summary>
    public async Task<Http2Answer> PostAsync(byte[] body, string path = RawClient.UnaryPath, params (string Name, string Value)[] headers)
    {
        var call = await CallAsync(path, end: body.Length == 0, headers);
        if (body.Length > 0)
            await SendDataAsync(call, body, end: true);
        return await ReadAnswerAsync(call);
    }

    public Task SendHeadersAsync(int streamId, IEnumerable<(string Name, string Value)> headers, bool end) =>
        SendAsync(Http2FrameType.Headers, Http2Flags.EndHeaders | (end ? Http2Flags.EndStream : 0), streamId, HeaderBlock.Encode(headers));

    public Task SendDataAsync(int streamId, byte[] data, bool end = false) =>
        SendAsync(Http2FrameType.Data, end ? Http2Flags.EndStream : 0, streamId, data);

    public Task SendResetAsync(int streamId, Http2ErrorCode code) =>
        SendAsync(Http2FrameType.RstStream, Http2Flags.None, streamId, Int32((int)code));

    public Task SendWindowAsync(int streamId, int increment) =>
        SendAsync(Http2FrameType.WindowUpdate, Http2Flags.None, streamId, Int32(increment));

    public Task SendPingAsync(byte[] data) => SendAsync(Http2FrameType.Ping, Http2Flags.None, 0, data);

    public Task SendAsync(Http2FrameType type, Http2Flags flags, int streamId, byte[] payload) =>
        SendAsync(new Http2Frame(type, flags, streamId, payload).ToBytes());

    public Task SendAsync(byte[] bytes) => _stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    /// <summary>No more will be sent; what comes can still be read.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>The frames of a stream until it ends.</summary>
    public async Task<Http2Answer> ReadAnswerAsync(int streamId)
    {
        var frames = new List<Http2Frame>();
        do
        {
            var frame = await ReadAsync(streamId);
            Assert.True(frame is not null, $"The connection ended after {new Http2Answer(frames).Shape}.");
            frames.Add(frame);
        }
        while (!frames[^1].EndsStream && frames[^1].Type != Http2FrameType.RstStream);
        return new Http2Answer(frames);
    }

    /// <summary>The next frame of a stream, 0 for the connection itself; null when the server has closed it.</summary>
    public async Task<Http2Frame?> ReadAsync(int streamId)
    {
        Queue<Http2Frame>? unread;
        while (!_unread.TryGetValue(streamId, out unread) || unread.Count == 0)
        {
            if (await ReadAsync() is not { } frame)
                return null;
            if (!_unread.TryGetValue(frame.StreamId, out unread))
                _unread.Add(frame.StreamId, unread = new Queue<Http2Frame>());
            unread.Enqueue(frame);
        }

        return unread.Dequeue();
    }

    /// <summary>The next frame of a kind on the connection itself; null when the server has closed it.</summary>
    public async Task<Http2Frame?> ReadAsync(Http2FrameType type)
    {
        while (true)
        {
            var frame = await ReadAsync(0);
            if (frame is null || frame.Type == type)
                return frame;
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Settings(params (ushort Id, int Value)[] settings)
    {
        var payload = new byte[6 * settings.Length];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(6 * i), settings[i].Id);
            BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan((6 * i) + 2), settings[i].Value);
        }

        return payload;
    }

    private static byte[] Int32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private async Task<Http2Frame?> ReadAsync()
    {
        var header = new byte[Http2Frame.HeaderLength];
        try
        {
            if (await _stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false).AsTask().WaitAsync(Patience) < header.Length)
                return null;
            var payload = new byte[(header[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(1))];
            await _stream.ReadExactlyAsync(payload).AsTask().WaitAsync(Patience);
            var streamId = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) & int.MaxValue;
            var frame = new Http2Frame((Http2FrameType)header[3], (Http2Flags)header[4], streamId, payload);
            await AcknowledgeAsync(frame);
            return frame;
        }
        catch (IOException reset) when (reset.InnerException is SocketException)
        {
            return null;
        }
    }

    private async Task AcknowledgeAsync(Http2Frame frame)
    {
        if (frame.Flags.HasFlag(Http2Flags.Ack))
            return;
        if (frame.Type == Http2FrameType.Settings)
            await SendAsync(Http2FrameType.Settings, Http2Flags.Ack, 0, []);
        else if (frame.Type == Http2FrameType.Ping)
            await SendAsync(Http2FrameType.Ping, Http2Flags.Ack, 0, frame.Payload);
    }
}
