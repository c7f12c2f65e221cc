using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServersGrpc.Rpc.Transcoding.Json;

namespace ServersGrpc.Tests.Rpc.Transcoding;

public sealed class JsonTextWriterTests
{
    [Fact]
    public void WriteStringValue_SpecialCharactersAnywhere_IsWhatUtf8JsonWriterWrites()
    {
        foreach (var special in (string[])["é", "😀", "\"", "\n", "\u0001", "\ud800", "\udc00"])
        {
            for (var length = 500; length < 520; length++)
            {
                var text = new string('a', length) + special + new string('b', length) + special;
                var writer = new JsonTextWriter();
                writer.WriteStringValue(text);

                Assert.Equal(Official(text), Encoding.UTF8.GetString(writer.Written.Span));
            }
        }
    }

    [Fact]
    public void WriteStringValue_LongText_NeedsNoMoreRoomThanItsBytes()
    {
        const int Length = 4_000_000;
        var text = new string('a', Length) + "é";
        var writer = new JsonTextWriter();
        var before = GC.GetAllocatedBytesForCurrentThread();

        writer.WriteStringValue(text);

        // A buffer that doubles has been allocated twice over, and is at most twice as long as what is in it.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, Length, 5 * Length);
    }

    private static string Official(string text)
    {
        using var written = new MemoryStream();
        using (var writer = new Utf8JsonWriter(written, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            writer.WriteStringValue(text);
        return Encoding.UTF8.GetString(written.ToArray());
    }
}
