using System.Text;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>As much of a Docker engine's HTTP interface as tells that there is one.</summary>
internal static class EngineAnswers
{
    private const int MaxRequest = 16 * 1024;

    private static readonly byte[] End = "\r\n\r\n"u8.ToArray();

    /// <summary>Answers one request after the other until the caller has no more.</summary>
    public static async Task ServeAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxRequest];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0) return;
            length += read;
            while (buffer.AsSpan(0, length).IndexOf(End) is var end and >= 0)
            {
                await stream.WriteAsync(Answer(Encoding.ASCII.GetString(buffer, 0, end)), cancellationToken);
                length -= end + End.Length;
                buffer.AsSpan(end + End.Length, length).CopyTo(buffer);
            }
        }
    }

    private static byte[] Answer(string head)
    {
        var (status, body) = head.Split("\r\n", 2)[0] switch
        {
            "GET /_ping HTTP/1.1" => ("200 OK", "OK"),
            "HEAD /_ping HTTP/1.1" => ("200 OK", ""),
            "GET /v1.47/version HTTP/1.1" => ("200 OK", """{"Version":"27.3.1","ApiVersion":"1.47","MinAPIVersion":"1.24","Os":"linux","Arch":"amd64"}"""),
            _ => ("404 Not Found", """{"message":"page not found"}"""),
        };
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nApi-Version: 1.47\r\nServer: Docker/27.3.1 (linux)\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");
    }
}
