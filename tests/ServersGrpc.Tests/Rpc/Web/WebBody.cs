using System.Buffers.Binary;
using System.Text;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Web;

/// <summary>A gRPC-Web answer's body, taken apart: the messages, and the block of trailers as it came.</summary>
internal sealed record WebBody(IReadOnlyList<Pong> Messages, string? TrailerBlock)
{
    public string? this[string trailer] => TrailerBlock?
        .Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(": ", 2))
        .SingleOrDefault(parts => parts[0] == trailer)?[1];

    public static WebBody Parse(ReadOnlySpan<byte> body)
    {
        var messages = new List<Pong>();
        while (!body.IsEmpty)
        {
            var (flag, length) = (body[0], BinaryPrimitives.ReadInt32BigEndian(body[1..]));
            var payload = body.Slice(5, length);
            body = body[(5 + length)..];
            if (flag == 0x80)
            {
                Assert.True(body.IsEmpty, "Something comes after the trailers.");
                return new WebBody(messages, Encoding.ASCII.GetString(payload));
            }

            Assert.Equal(0, flag);
            messages.Add(Pong.Parser.ParseFrom(payload));
        }

        return new WebBody(messages, null);
    }

    /// <summary>Every part of a text body, decoded by itself.</summary>
    public static IReadOnlyList<byte[]> Parts(string text)
    {
        var parts = new List<byte[]>();
        for (var start = 0; start < text.Length;)
        {
            var padding = text.IndexOf('=', start);
            var end = padding < 0 ? text.Length : start + (((padding - start) / 4) + 1) * 4;
            parts.Add(Convert.FromBase64String(text[start..end]));
            start = end;
        }

        return parts;
    }

    public static WebBody ParseText(byte[] body) => Parse(Parts(Encoding.ASCII.GetString(body)).SelectMany(part => part).ToArray());
}
