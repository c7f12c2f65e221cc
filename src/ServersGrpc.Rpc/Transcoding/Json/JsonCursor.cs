using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ServersGrpc.Rpc.Transcoding.Errors;
using static Google.Rpc.BadRequest.Types;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>A place in JSON text, and the field that it belongs to: what is wrong there is told with both.</summary>
internal ref struct JsonCursor
{
    // As deep as protobuf's own parsers go. What reads is recursive, and text from outside must not exhaust its stack.
    private const int MaxDepth = 100;

    private readonly ReadOnlySpan<byte> _text;
    private readonly List<FieldViolation> _problems;
    private readonly Stack<string> _path = new();
    private Utf8JsonReader _json;

    public JsonCursor(ReadOnlySpan<byte> text, List<FieldViolation> problems)
    {
        _text = text;
        _problems = problems;
        _json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    public readonly JsonTokenType Token => _json.TokenType;

    /// <summary>Where the token begins.</summary>
    public readonly int At => (int)_json.TokenStartIndex;

    /// <summary>The token as it is in the text.</summary>
    public readonly string RawToken => Encoding.UTF8.GetString(_text[At..(int)_json.BytesConsumed]);

    /// <summary>What the token is, to stand after "found".</summary>
    public readonly string Found => Token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => Encoding.ASCII.GetString(_json.ValueSpan),
    };

    /// <returns>False, after reporting it, when the text is not UTF-8, which the parser would not tell.</returns>
    public readonly bool CheckUtf8()
    {
        if (Utf8.IsValid(_text))
            return true;
        var index = 0;
        while (Rune.DecodeFromUtf8(_text[index..], out _, out var length) == System.Buffers.OperationStatus.Done)
            index += length;
        Report(index, "the text is not valid UTF-8");
        return false;
    }

    /// <summary>Goes to the next token.</summary>
    /// <exception cref="JsonException">The text is no JSON, or nested too deeply.</exception>
    public bool Read() => _json.Read();

    /// <summary>Goes to the first or next token of an object or list.</summary>
    /// <returns>False at its end.</returns>
    public bool ReadInside() => _json.Read() && Token is not (JsonTokenType.EndObject or JsonTokenType.EndArray);

    /// <summary>Goes to the end of the value that begins here.</summary>
    public void Skip() => _json.Skip();

    /// <summary>Reports the problem and skips the value.</summary>
    public void Skip(int at, string problem)
    {
        Report(at, problem);
        _json.Skip();
    }

    /// <summary>Reports where the parser stopped, which may be far ahead of here: see <see cref="TryFind"/>.</summary>
    public readonly void Report(JsonException error)
    {
        // The parser's own words, less the position that it appends and we name in front.
        var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        Report(IndexOf(error.LineNumber ?? 0, error.BytePositionInLine ?? 0), "not JSON: " + (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.'));
    }

    public readonly void Report(int at, string problem)
    {
        if (_problems.Count >= InvalidRequest.MostProblems)
            return;
        var before = _text[..Math.Min(at, _text.Length)];
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        var path = string.Join('.', _path.Reverse()).Replace(".[", "[");
        _problems.Add(new FieldViolation { Field = path, Description = $"line {line}, column {column}: {problem}" });
    }

    /// <returns>False, after reporting and skipping what is here, when it is not the token.</returns>
    public bool Expect(JsonTokenType token, string expected)
    {
        if (Token == token)
            return true;
        Skip(At, $"expected {expected}, found {Found}");
        return false;
    }

    /// <summary>The string or name that is here; null, after reporting it, when it has characters that are none.</summary>
    public readonly string? TryGetString()
    {
        if (TryGetString(out var text))
            return text;
        Report(At, "the string has half of a surrogate pair, which is no character");
        return null;
    }

    /// <summary>The number that is here.</summary>
    public readonly double GetDouble() => double.Parse(_json.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>A cursor at the value of the member of that name of the object that begins here. This one stays.</summary>
    /// <returns>False when there is no such member.</returns>
    public readonly bool TryFind(string name, out JsonCursor value)
    {
        value = this;
        while (value.ReadInside())
        {
            var found = value.TryGetString(out var text) && text == name;
            value.Read();
            if (found)
                return true;
            value.Skip();
        }
        return false;
    }

    /// <summary>What is read from now on belongs to that field, element or key.</summary>
    public readonly void Enter(string name) => _path.Push(InvalidRequest.Shown(name));

    public readonly void Leave() => _path.Pop();

    private readonly int IndexOf(long line, long positionInLine)
    {
        var lineStart = 0;
        for (; line > 0; line--)
            lineStart += _text[lineStart..].IndexOf((byte)'\n') + 1;
        return lineStart + (int)positionInLine;
    }

    private readonly bool TryGetString(out string? text)
    {
        try
        {
            text = _json.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            // The bytes were found to be valid, so it is an escape such as \ud800 without its other half.
            text = null;
            return false;
        }
    }
}
