using System.Buffers.Binary;
using System.Net;
using System.Text;
using Google.Protobuf;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Calls methods by their names, without generated code, on every face. Of a stream it reads the first message.</summary>
internal sealed class FaceClient(ServiceProcess service) : IDisposable
{
    private const byte TrailersFlag = 0x80;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(service.Address), Timeout = Eventually.Patience };

    public async Task<Outcome> RestAsync(string method, string path, string? body, string? token)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await SendAsync(request, token);
        var status = (int)response.StatusCode;
        if (!path.Contains(":watch", StringComparison.Ordinal) || status != 200)
            return new(status, await response.Content.ReadAsStringAsync());
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var lines = new StringBuilder();
        // Up to the present: then everything was told that there is to tell.
        while (await reader.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line)
        {
            lines.AppendLine(line);
            if (line.Contains("\"bookmark\"", StringComparison.Ordinal))
                break;
        }
        return new(status, lines.ToString());
    }

    public async Task<Outcome> GrpcAsync(string method, IMessage message, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Framed(message, "application/grpc"),
        };
        request.Headers.TE.Add(new("trailers"));
        using var response = await SendAsync(request, token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        if (response.Headers.TryGetValues("grpc-status", out var atOnce))
            return new(int.Parse(atOnce.Single(), System.Globalization.CultureInfo.InvariantCulture), "");
        var stream = await response.Content.ReadAsStreamAsync();
        if (await ReadFrameAsync(stream) is { } frame)
            return new(0, Encoding.Latin1.GetString(frame.Payload));
        return new(int.Parse(response.TrailingHeaders.GetValues("grpc-status").Single(), System.Globalization.CultureInfo.InvariantCulture), "");
    }

    public async Task<Outcome> GrpcWebAsync(string method, IMessage message, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, method) { Content = Framed(message, "application/grpc-web+proto") };
        using var response = await SendAsync(request, token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        if (response.Headers.TryGetValues("grpc-status", out var atOnce))
            return new(int.Parse(atOnce.Single(), System.Globalization.CultureInfo.InvariantCulture), "");
        var frame = await ReadFrameAsync(await response.Content.ReadAsStreamAsync());
        Assert.NotNull(frame);
        var text = Encoding.Latin1.GetString(frame.Value.Payload);
        if ((frame.Value.Flags & TrailersFlag) == 0)
            return new(0, text);
        var status = text.Split("\r\n").Single(line => line.StartsWith("grpc-status:", StringComparison.OrdinalIgnoreCase));
        return new(int.Parse(status.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), "");
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? token)
    {
        if (token is not null)
            request.Headers.TryAddWithoutValidation("authorization", $"Bearer {token}");
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static ByteArrayContent Framed(IMessage message, string contentType)
    {
        var bytes = message.ToByteArray();
        var frame = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        return new(frame) { Headers = { { "content-type", contentType } } };
    }

    private static async Task<(byte Flags, byte[] Payload)?> ReadFrameAsync(Stream stream)
    {
        var head = new byte[5];
        if (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false).AsTask().WaitAsync(Eventually.Patience) < head.Length)
            return null;
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await stream.ReadExactlyAsync(payload).AsTask().WaitAsync(Eventually.Patience);
        return (head[0], payload);
    }
}
