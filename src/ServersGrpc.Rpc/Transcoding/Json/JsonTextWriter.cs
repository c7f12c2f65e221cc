using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>
/// JSON text in memory: what Utf8JsonWriter does, in the same words, less what the compiled writers do not need. Nothing is checked but the
/// depth, and plain text, which most is, is copied in one step.
/// </summary>
internal sealed class JsonTextWriter
{
    // That of Utf8JsonWriter. Writing is recursive, and an Any in an Any has no other bound.
    private const int MaxDepth = 1000;
    private const int LongestNumber = 32;
    private const int EscapeStep = 512;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Except("\"\\")]);

    // Safe where nobody guesses the content type, which nosniff forbids.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private byte[] _bytes = new byte[1024];
    private bool _needsComma;
    private int _depth;

    /// <summary>How many bytes are written.</summary>
    public int Length { get; private set; }

    /// <summary>How many bytes there is room for.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>What is written. Valid until more is.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Forgets what is written, and goes on where it stopped.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets all: what follows is a document of its own.</summary>
    public void Reset()
    {
        Length = 0;
        BeginDocument();
    }

    /// <summary>Adds bytes that are no JSON. What follows is a document of its own.</summary>
    public void WriteRaw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        Length += text.Length;
        BeginDocument();
    }

    public void WriteStartObject() => Start((byte)'{');

    public void WriteEndObject() => End((byte)'}');

    public void WriteStartArray() => Start((byte)'[');

    public void WriteEndArray() => End((byte)']');

    public void WritePropertyName(JsonEncodedText name) => WriteEncodedName(name.EncodedUtf8Bytes);

    /// <param name="name">A name that needs no escaping.</param>
    public void WritePropertyName(ReadOnlySpan<byte> name) => WriteEncodedName(name);

    public void WritePropertyName(string name)
    {
        WriteStringValue(name);
        Room(1)[0] = (byte)':';
        Length++;
        _needsComma = false;
    }

    public void WriteStringValue(JsonEncodedText text) => WriteStringValue(text.EncodedUtf8Bytes);

    /// <param name="text">A text that needs no escaping.</param>
    public void WriteStringValue(ReadOnlySpan<byte> text)
    {
        var room = Value(text.Length + 2);
        room[0] = (byte)'"';
        text.CopyTo(room[1..]);
        room[text.Length + 1] = (byte)'"';
        Length += text.Length + 2;
    }

    public void WriteStringValue(string text)
    {
        if (text.AsSpan().ContainsAnyExcept(Plain))
        {
            WriteEscaped(text);
            return;
        }
        var room = Value(text.Length + 2);
        room[0] = (byte)'"';
        Ascii.FromUtf16(text, room[1..], out var length);
        room[length + 1] = (byte)'"';
        Length += length + 2;
    }

    public void WriteBase64StringValue(ReadOnlySpan<byte> bytes)
    {
        var room = Value(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 2);
        room[0] = (byte)'"';
        Base64.EncodeToUtf8(bytes, room[1..], out _, out var length);
        room[length + 1] = (byte)'"';
        Length += length + 2;
    }

    public void WriteBooleanValue(bool value) => WriteWord(value ? "true"u8 : "false"u8);

    public void WriteNullValue() => WriteWord("null"u8);

    public void WriteNumberValue(long value) => WriteNumber(value);

    public void WriteNumberValue(ulong value) => WriteNumber(value);

    /// <param name="value">A finite number.</param>
    public void WriteNumberValue(float value) => WriteNumber(value);

    /// <param name="value">A finite number.</param>
    public void WriteNumberValue(double value) => WriteNumber(value);

    private void WriteNumber<T>(T value)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(Value(LongestNumber), out var length, default, CultureInfo.InvariantCulture);
        Length += length;
    }

    private void WriteWord(ReadOnlySpan<byte> word)
    {
        word.CopyTo(Value(word.Length));
        Length += word.Length;
    }

    private void WriteEncodedName(ReadOnlySpan<byte> name)
    {
        var room = Value(name.Length + 3);
        room[0] = (byte)'"';
        name.CopyTo(room[1..]);
        room[name.Length + 1] = (byte)'"';
        room[name.Length + 2] = (byte)':';
        Length += name.Length + 3;
        _needsComma = false;
    }

    private void WriteEscaped(string text)
    {
        // A piece at a time, so that a long text needs no more room than it has bytes.
        Span<char> piece = stackalloc char[EscapeStep];
        Value(1)[0] = (byte)'"';
        Length++;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            Encoder.Encode(rest, piece, out var read, out var written);
            Length += Encoding.UTF8.GetBytes(piece[..written], Room(Encoding.UTF8.GetMaxByteCount(written)));
            rest = rest[read..];
        }
        Room(1)[0] = (byte)'"';
        Length++;
    }

    private void Start(byte brace)
    {
        if (++_depth > MaxDepth)
            throw new InvalidOperationException($"The message is nested deeper than {MaxDepth} levels of JSON.");
        Value(1)[0] = brace;
        Length++;
        _needsComma = false;
    }

    private void End(byte brace)
    {
        _depth--;
        Room(1)[0] = brace;
        Length++;
        _needsComma = true;
    }

    private void BeginDocument()
    {
        _needsComma = false;
        _depth = 0;
    }

    /// <summary>Room for a value, or a name, behind the comma that it may need.</summary>
    private Span<byte> Value(int size)
    {
        var room = Room(size + 1);
        if (_needsComma)
        {
            room[0] = (byte)',';
            Length++;
            return room[1..];
        }
        _needsComma = true;
        return room;
    }

    private Span<byte> Room(int size)
    {
        if (_bytes.Length - Length < size)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + size));
        return _bytes.AsSpan(Length);
    }
}
