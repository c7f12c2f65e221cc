using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile.Http2;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>A connection over which any bytes can be sent. What comes is kept, or left unread so that the service has to hold it.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly Lock _lock = new();
    private readonly MemoryStream _received = new();

    private NetworkStream _stream = null!;

    private RawConnection()
    {
    }

    /// <summary>Completes when the service has ended the connection; of one that is not read, never.</summary>
    public Task Ended { get; private set; } = Task.Delay(Timeout.Infinite);

    public byte[] Received
    {
        get
        {
            lock (_lock) return _received.ToArray();
        }
    }

    public string Text => Encoding.Latin1.GetString(Received);

    /// <summary>The whole frames that came.</summary>
    public IReadOnlyList<Http2Frame> Frames
    {
        get
        {
            var frames = new List<Http2Frame>();
            var rest = Received.AsSpan();
            while (rest.Length >= Http2Frame.HeaderLength)
            {
                var end = Http2Frame.HeaderLength + ((rest[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(rest[1..]));
                if (rest.Length < end) break;
                var payload = rest[Http2Frame.HeaderLength..end].ToArray();
                frames.Add(new((Http2FrameType)rest[3], (Http2Flags)rest[4], BinaryPrimitives.ReadInt32BigEndian(rest[5..]), payload));
                rest = rest[end..];
            }
            return frames;
        }
    }

    /// <summary>How the service ended it, if it said so.</summary>
    public Http2Frame? GoAway => Frames.LastOrDefault(frame => frame.Type == Http2FrameType.GoAway);

    public static async Task<RawConnection> OpenAsync(ServiceProcess service, bool reads = true)
    {
        var address = new Uri(service.Address);
        var connection = new RawConnection();
        await connection._client.ConnectAsync(address.Host, address.Port);
        connection._stream = connection._client.GetStream();
        if (reads) connection.Ended = connection.ReadAsync();
        return connection;
    }

    /// <summary>One that has begun in HTTP/2, without compression of headers.</summary>
    /// <param name="service">The service.</param>
    /// <param name="reads">Whether what comes is read.</param>
    /// <param name="window">How much the service may send on a stream before it is allowed more.</param>
    public static async Task<RawConnection> OpenHttp2Async(ServiceProcess service, bool reads = true, int window = 65_535)
    {
        var connection = await OpenAsync(service, reads);
        byte[] settings = [0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(settings.AsSpan(8), window);
        await connection.SendAsync((byte[])[.. Http2Peer.Preface, .. CallFrames.Frame(Http2FrameType.Settings, 0, settings)]);
        return connection;
    }

    /// <summary>Whether the bytes could be sent; false once the service has ended the connection.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        try
        {
            await _stream.WriteAsync(bytes, cancellationToken);
            return !Ended.IsCompleted;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public Task<bool> SendAsync(string text, CancellationToken cancellationToken = default) =>
        SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    /// <summary>Waits until the service has taken all that was sent, or has ended the connection.</summary>
    public async Task PingAsync()
    {
        byte[] payload = [.. "all said"u8];
        await SendAsync(CallFrames.Frame(Http2FrameType.Ping, 0, payload));
        await Eventually.BeAsync(
            () => Ended.IsCompleted || Frames.Any(frame => frame.Type == Http2FrameType.Ping && frame.Payload.SequenceEqual(payload)),
            "all that was sent is taken");
    }

    public void Dispose() => _client.Dispose();

    private async Task ReadAsync()
    {
        var buffer = new byte[16_384];
        try
        {
            while (await _stream.ReadAsync(buffer) is var count and > 0)
            {
                lock (_lock) _received.Write(buffer, 0, count);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Ended by a reset, or by the test. What came before it is kept.
            return;
        }
    }
}
