using System.Text;

namespace ServersGrpc.SystemTests.Hostile.Http2;

/// <summary>
/// Header lists in the simplest of HPACK's forms (RFC 7541): literals, and in what is read the static table too. The peer allows no
/// dynamic table, and a server that used one, or Huffman's code, would fail the test that reads it.
/// </summary>
internal static class HeaderBlock
{
    // RFC 7541, appendix A. A name alone has no value there.
    private static readonly string[] StaticTable =
    [
        ":authority", ":method=GET", ":method=POST", ":path=/", ":path=/index.html", ":scheme=http", ":scheme=https", ":status=200",
        ":status=204", ":status=206", ":status=304", ":status=400", ":status=404", ":status=500", "accept-charset",
        "accept-encoding=gzip, deflate", "accept-language", "accept-ranges", "accept", "access-control-allow-origin", "age", "allow",
        "authorization", "cache-control", "content-disposition", "content-encoding", "content-language", "content-length",
        "content-location", "content-range", "content-type", "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match",
        "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "link", "location", "max-forwards",
        "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie",
        "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate",
    ];

    public static byte[] Encode(IEnumerable<(string Name, string Value)> headers)
    {
        var block = new List<byte>();
        foreach (var (name, value) in headers)
        {
            // A literal without indexing, with a new name.
            block.Add(0);
            AppendText(block, name);
            AppendText(block, value);
        }

        return [.. block];
    }

    public static List<(string Name, string Value)> Decode(ReadOnlySpan<byte> block)
    {
        var headers = new List<(string Name, string Value)>();
        while (!block.IsEmpty)
        {
            var first = block[0];
            if (first >= 0x80)
            {
                headers.Add(Entry(ReadInteger(ref block, 7)));
            }
            else if (first is >= 0x20 and < 0x40)
            {
                Assert.Equal(0, ReadInteger(ref block, 5)); // The size of the dynamic table.
            }
            else
            {
                var index = ReadInteger(ref block, first >= 0x40 ? 6 : 4);
                headers.Add((index == 0 ? ReadText(ref block) : Entry(index).Name, ReadText(ref block)));
            }
        }

        return headers;
    }

    private static (string Name, string Value) Entry(int index)
    {
        Assert.InRange(index, 1, StaticTable.Length);
        var entry = StaticTable[index - 1];
        var separator = entry.IndexOf('=');
        return separator < 0 ? (entry, "") : (entry[..separator], entry[(separator + 1)..]);
    }

    private static void AppendText(List<byte> block, string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        AppendInteger(block, octets.Length);
        block.AddRange(octets);
    }

    private static string ReadText(ref ReadOnlySpan<byte> block)
    {
        Assert.True(block[0] < 0x80, "The server encodes by Huffman's code, which this peer can't read.");
        var length = ReadInteger(ref block, 7);
        var text = Encoding.UTF8.GetString(block[..length]);
        block = block[length..];
        return text;
    }

    /// <summary>An integer that begins with the low seven bits of a byte.</summary>
    private static void AppendInteger(List<byte> block, int value)
    {
        const int Largest = 0x7F;
        if (value < Largest)
        {
            block.Add((byte)value);
            return;
        }

        block.Add(Largest);
        for (value -= Largest; value >= 0x80; value >>= 7)
            block.Add((byte)(value | 0x80));
        block.Add((byte)value);
    }

    /// <summary>An integer that begins with the low bits of the next byte.</summary>
    private static int ReadInteger(ref ReadOnlySpan<byte> block, int bits)
    {
        var largest = (1 << bits) - 1;
        var value = block[0] & largest;
        block = block[1..];
        if (value < largest)
            return value;
        for (var shift = 0; ; shift += 7)
        {
            var next = block[0];
            block = block[1..];
            value += (next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
