using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Web;

/// <summary>The trailers of a call, kept to be the last frame of its body.</summary>
internal sealed class TrailersFrame : IHttpResponseTrailersFeature
{
    // Where the flag of a message would say whether it is compressed.
    private const byte Flag = 0x80;

    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    /// <summary>Writes them as a block of HTTP/1.1 headers, their names in lower case, without the empty line at its end.</summary>
    public void WriteTo(IBufferWriter<byte> body)
    {
        var block = new StringBuilder();
        foreach (var (name, values) in Trailers)
            foreach (var value in values)
                block.Append(name.ToLowerInvariant()).Append(": ").Append(value).Append("\r\n");
        var frame = body.GetSpan(MessageFrame.HeaderLength + block.Length);
        frame[0] = Flag;
        BinaryPrimitives.WriteInt32BigEndian(frame[1..], block.Length);
        var length = Encoding.ASCII.GetBytes(block.ToString(), frame[MessageFrame.HeaderLength..]);
        body.Advance(MessageFrame.HeaderLength + length);
    }
}
