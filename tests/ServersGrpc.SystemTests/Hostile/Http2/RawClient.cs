using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;

namespace ServersGrpc.SystemTests.Hostile.Http2;

/// <summary>Sends requests that no client library would send.</summary>
internal sealed class RawClient(string address) : IDisposable
{
    public const string UnaryPath = "/tests.v1.Shapes/Unary";

    private readonly HttpClient _http = new() { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>A message as it goes over the wire.</summary>
    public static byte[] Frame(IMessage message, byte flag = 0) => Frame(message.ToByteArray(), flag);

    public static byte[] Frame(byte[] payload, byte flag = 0, uint? length = null)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>The messages of a body, which must hold nothing else.</summary>
    public static List<(bool Compressed, byte[] Payload)> Messages(ReadOnlySpan<byte> body)
    {
        var messages = new List<(bool Compressed, byte[] Payload)>();
        while (!body.IsEmpty)
        {
            Assert.InRange(body[0], 0, 1);
            var end = 5 + BinaryPrimitives.ReadInt32BigEndian(body[1..]);
            messages.Add((body[0] == 1, body[5..end].ToArray()));
            body = body[end..];
        }

        return messages;
    }

    /// <summary>Posts the body to the path and reads the answer to its end.</summary>
    public async Task<RawAnswer> PostAsync(
        byte[] body,
        string path = UnaryPath,
        string? contentType = "application/grpc",
        HttpMethod? method = null,
        Version? version = null,
        params (string Key, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path)
        {
            Version = version ?? HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (request.Method == HttpMethod.Post)
            request.Content = new ByteArrayContent(body);
        if (contentType is not null)
            request.Content?.Headers.TryAddWithoutValidation("content-type", contentType);
        foreach (var (key, value) in headers)
            request.Headers.TryAddWithoutValidation(key, value);
        using var response = await _http.SendAsync(request);
        return await RawAnswer.ReadAsync(response);
    }

    public void Dispose() => _http.Dispose();
}
