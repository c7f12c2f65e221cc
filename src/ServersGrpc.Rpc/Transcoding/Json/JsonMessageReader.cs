using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServersGrpc.Rpc.Transcoding.Errors;
using static Google.Rpc.BadRequest.Types;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>
/// Reads JSON into a message. Goes on after a bad value, so that one answer names every problem; only text that is no JSON ends it.
/// </summary>
internal ref struct JsonMessageReader
{
    private const int MaxDepth = 64;
    private const int LongestShown = 100;

    private readonly ReadOnlySpan<byte> _text;
    private readonly MessageFields _fields;
    private readonly List<FieldViolation> _problems;
    private readonly Stack<string> _path = new();
    private Utf8JsonReader _json;

    private JsonMessageReader(ReadOnlySpan<byte> text, MessageFields fields, List<FieldViolation> problems)
    {
        _text = text;
        _fields = fields;
        _problems = problems;
        _json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    /// <summary>Reads the text into the message, or into one field of it, and adds what is wrong to the problems.</summary>
    public static void Read(
        ReadOnlySpan<byte> text, IMessage message, FieldDescriptor? field, MessageFields fields, List<FieldViolation> problems)
    {
        var reader = new JsonMessageReader(text, fields, problems);
        if (!Utf8.IsValid(text))
        {
            reader.Report(IndexOfInvalidUtf8(text), "the text is not valid UTF-8");
            return;
        }
        try
        {
            reader._json.Read();
            if (field is null)
                reader.ReadMessage(message);
            else
                reader.ReadField(message, field);
            // Nothing may follow; the parser says so itself.
            reader._json.Read();
        }
        catch (JsonException e)
        {
            // The parser's own words, less the position that it appends and we name in front.
            var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            reader.Report((int)reader._json.BytesConsumed, "not JSON: " + (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.'));
        }
    }

    private void ReadMessage(IMessage message)
    {
        if (!Expect(JsonTokenType.StartObject, "an object, {…}"))
            return;
        var seen = new HashSet<int>();
        var seenOneofs = new HashSet<OneofDescriptor>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
        {
            var at = (int)_json.TokenStartIndex;
            var name = TryGetString();
            var field = name is null ? null : _fields.Find(message.Descriptor, name);
            _path.Push(field?.Name ?? Shown(name ?? ""));
            _json.Read();
            if (field is null)
                Skip(at, $"there is no such field; there are {Names(message.Descriptor)}");
            else if (!seen.Add(field.FieldNumber))
                Skip(at, "the field is given twice");
            else if (_json.TokenType != JsonTokenType.Null && field.RealContainingOneof is { } oneof && !seenOneofs.Add(oneof))
                Skip(at, $"only one of {string.Join(", ", oneof.Fields.Select(member => member.Name))} may be given");
            else
                ReadField(message, field);
            _path.Pop();
        }
    }

    private void ReadField(IMessage message, FieldDescriptor field)
    {
        if (_json.TokenType == JsonTokenType.Null && !IsJsonValue(field))
            return;
        if (field.IsMap)
            ReadMap((IDictionary)field.Accessor.GetValue(message), field);
        else if (field.IsRepeated)
            ReadList((IList)field.Accessor.GetValue(message), field);
        else if (ReadValue(field) is { } value)
            field.Accessor.SetValue(message, value);
    }

    private void ReadList(IList list, FieldDescriptor field)
    {
        if (!Expect(JsonTokenType.StartArray, "a list, […]"))
            return;
        for (var index = 0; _json.Read() && _json.TokenType != JsonTokenType.EndArray; index++)
        {
            _path.Push(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));
            if (ReadValue(field) is { } value)
                list.Add(value);
            _path.Pop();
        }
    }

    private void ReadMap(IDictionary map, FieldDescriptor field)
    {
        if (!Expect(JsonTokenType.StartObject, "an object, {…}"))
            return;
        var keyField = field.MessageType.FindFieldByNumber(1);
        var valueField = field.MessageType.FindFieldByNumber(2);
        while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
        {
            var at = (int)_json.TokenStartIndex;
            var text = TryGetString();
            var expected = "";
            var key = text is null ? null : ScalarText.Parse(keyField, text, out expected);
            _path.Push($"[{Shown(text ?? "")}]");
            _json.Read();
            if (key is null)
                Skip(at, $"the key is not {(text is null ? "a string of valid Unicode" : expected)}");
            else if (map.Contains(key))
                Skip(at, "the key is given twice");
            else if (ReadValue(valueField) is { } value)
                map.Add(key, value);
            _path.Pop();
        }
    }

    /// <summary>One value of the field's type; null, after reporting why, where there is none.</summary>
    private object? ReadValue(FieldDescriptor field)
    {
        if (field.FieldType != FieldType.Message)
            return ReadScalar(field);
        if (WellKnownTypes.WrappedValue(field.MessageType) is { } wrapped)
            return ReadScalar(wrapped);
        if (WellKnownTypes.HaveOwnForm(field.MessageType))
            return ReadWellKnownType(field.MessageType);
        var message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
        ReadMessage(message);
        return message;
    }

    private object? ReadScalar(FieldDescriptor field)
    {
        var isNumber = field.FieldType is not (FieldType.String or FieldType.Bytes or FieldType.Bool);
        switch (_json.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False when field.FieldType == FieldType.Bool:
                return _json.GetBoolean();
            case JsonTokenType.Number when isNumber:
            case JsonTokenType.String when field.FieldType != FieldType.Bool:
                var text = _json.TokenType == JsonTokenType.Number ? Encoding.ASCII.GetString(_json.ValueSpan) : TryGetString();
                if (text is null)
                    return null;
                var value = ScalarText.Parse(field, text, out var expected);
                if (value is null)
                    Report((int)_json.TokenStartIndex, $"{Shown(RawToken())} is not {expected}");
                return value;
            default:
                var right = field.FieldType == FieldType.Bool ? "true or false" : ScalarText.Expected(field);
                Skip((int)_json.TokenStartIndex, $"expected {right}, found {Found()}");
                return null;
        }
    }

    private object? ReadWellKnownType(MessageDescriptor type)
    {
        var start = (int)_json.TokenStartIndex;
        _json.Skip();
        var text = Encoding.UTF8.GetString(_text[start..(int)_json.BytesConsumed]);
        try
        {
            return JsonParser.Default.Parse(text, type);
        }
        catch (InvalidProtocolBufferException e)
        {
            Report(start, $"{Shown(text)} is not a {type.FullName}: {e.Message}");
            return null;
        }
    }

    private bool Expect(JsonTokenType token, string expected)
    {
        if (_json.TokenType == token)
            return true;
        Skip((int)_json.TokenStartIndex, $"expected {expected}, found {Found()}");
        return false;
    }

    private readonly string Found() => _json.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => Encoding.ASCII.GetString(_json.ValueSpan),
    };

    private string? TryGetString()
    {
        try
        {
            return _json.GetString();
        }
        catch (InvalidOperationException)
        {
            // The bytes were found to be valid, so it is an escape such as \ud800 without its other half.
            Report((int)_json.TokenStartIndex, "the string has half of a surrogate pair, which is no character");
            return null;
        }
    }

    private void Skip(int at, string problem)
    {
        Report(at, problem);
        _json.Skip();
    }

    private readonly void Report(int at, string problem)
    {
        if (_problems.Count >= InvalidRequest.MostProblems)
            return;
        var before = _text[..Math.Min(at, _text.Length)];
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        _problems.Add(new FieldViolation { Field = Path(), Description = $"line {line}, column {column}: {problem}" });
    }

    private readonly string Path() => string.Join('.', _path.Reverse()).Replace(".[", "[");

    private readonly string RawToken() => Encoding.UTF8.GetString(_text[(int)_json.TokenStartIndex..(int)_json.BytesConsumed]);

    private static string Shown(string text) => text.Length <= LongestShown ? text : string.Concat(text.AsSpan(0, LongestShown), "…");

    private static string Names(MessageDescriptor descriptor) =>
        descriptor.Fields.InDeclarationOrder().Count == 0
            ? "none"
            : string.Join(", ", descriptor.Fields.InDeclarationOrder().Select(field => field.JsonName));

    private static bool IsJsonValue(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && field.MessageType.FullName == Google.Protobuf.WellKnownTypes.Value.Descriptor.FullName;

    private static int IndexOfInvalidUtf8(ReadOnlySpan<byte> text)
    {
        var index = 0;
        while (Rune.DecodeFromUtf8(text[index..], out _, out var length) == System.Buffers.OperationStatus.Done)
            index += length;
        return index;
    }
}
