using System.Collections;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using ServersGrpc.Rpc.Transcoding.Errors;
using static Google.Rpc.BadRequest.Types;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>
/// Reads JSON into a message. Goes on after a bad value, so that one answer names every problem; only text that is no JSON ends it.
/// </summary>
internal sealed class JsonMessageReader
{
    private readonly AnyReader _anys;

    public JsonMessageReader(MessageTypes types) => _anys = new AnyReader(this, types);

    /// <summary>Reads the text into the message, or into one field of it, and adds what is wrong to the problems.</summary>
    public void Read(ReadOnlySpan<byte> text, IMessage message, FieldDescriptor? field, List<FieldViolation> problems)
    {
        // A byte order mark is nothing of JSON, but some tools begin every file with it.
        var cursor = new JsonCursor(text.StartsWith("\uFEFF"u8) ? text[3..] : text, problems);
        if (!cursor.CheckUtf8())
            return;
        try
        {
            cursor.Read();
            if (field is null)
                ReadInto(ref cursor, message);
            else
                ReadField(ref cursor, message, field);
            // Nothing may follow; the parser says so itself.
            cursor.Read();
        }
        catch (JsonException e)
        {
            cursor.Report(e);
        }
    }

    /// <summary>Reads one value into a message of any type.</summary>
    public void ReadInto(ref JsonCursor cursor, IMessage message)
    {
        switch (message)
        {
            case Any any:
                _anys.Read(ref cursor, any);
                break;
            case Struct fields:
                StructReader.Read(ref cursor, fields);
                break;
            case Value value:
                StructReader.Read(ref cursor, value);
                break;
            case ListValue list:
                StructReader.Read(ref cursor, list);
                break;
            case Timestamp or Duration or FieldMask:
                ReadText(ref cursor, message);
                break;
            default:
                if (WellKnownTypes.WrappedValue(message.Descriptor) is { } wrapped)
                    ReadWrapped(ref cursor, message, wrapped);
                else if (cursor.Expect(JsonTokenType.StartObject, "an object, {…}"))
                    ReadMembers(ref cursor, message, ignored: null);
                break;
        }
    }

    /// <summary>Reads the members of the object that begins here.</summary>
    /// <param name="ignored">The name of a member that is no field, and is read already.</param>
    public void ReadMembers(ref JsonCursor cursor, IMessage message, string? ignored)
    {
        var seen = new HashSet<string>();
        var seenOneofs = new HashSet<OneofDescriptor>();
        while (cursor.ReadInside())
        {
            var at = cursor.At;
            var name = cursor.TryGetString();
            var field = name is null ? null : MessageFields.Find(message.Descriptor, name);
            cursor.Enter(field?.Name ?? name ?? "");
            cursor.Read();
            if (name is null)
                cursor.Skip();
            else if (!seen.Add(field?.Name ?? name))
                cursor.Skip(at, "the field is given twice");
            else if (name == ignored)
                cursor.Skip();
            else if (field is null)
                cursor.Skip(at, $"there is no such field; there are {Names(message.Descriptor)}");
            else if (IsUnset(ref cursor, field))
                cursor.Skip();
            else if (field.RealContainingOneof is { } oneof && !seenOneofs.Add(oneof))
                cursor.Skip(at, $"only one of {string.Join(", ", oneof.Fields.Select(member => member.Name))} may be given");
            else
                ReadField(ref cursor, message, field);
            cursor.Leave();
        }
    }

    private void ReadField(ref JsonCursor cursor, IMessage message, FieldDescriptor field)
    {
        if (IsUnset(ref cursor, field))
            return;
        if (field.IsMap)
            ReadMap(ref cursor, (IDictionary)field.Accessor.GetValue(message), field);
        else if (field.IsRepeated)
            ReadList(ref cursor, (IList)field.Accessor.GetValue(message), field);
        else if (ReadValue(ref cursor, field) is { } value)
            field.Accessor.SetValue(message, value);
    }

    private void ReadList(ref JsonCursor cursor, IList list, FieldDescriptor field)
    {
        if (!cursor.Expect(JsonTokenType.StartArray, "a list, […]"))
            return;
        for (var index = 0; cursor.ReadInside(); index++)
        {
            cursor.Enter(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));
            if (ReadValue(ref cursor, field) is { } value)
                list.Add(value);
            cursor.Leave();
        }
    }

    private void ReadMap(ref JsonCursor cursor, IDictionary map, FieldDescriptor field)
    {
        if (!cursor.Expect(JsonTokenType.StartObject, "an object, {…}"))
            return;
        var keyField = field.MessageType.FindFieldByNumber(1);
        var valueField = field.MessageType.FindFieldByNumber(2);
        while (cursor.ReadInside())
        {
            var at = cursor.At;
            var text = cursor.TryGetString();
            cursor.Enter($"[{text}]");
            cursor.Read();
            if (text is null)
                cursor.Skip();
            else if (ScalarText.ParseKey(keyField, text, out var expected) is not { } key)
                cursor.Skip(at, $"the key is not {expected}");
            else if (map.Contains(key))
                cursor.Skip(at, "the key is given twice");
            else if (ReadValue(ref cursor, valueField) is { } value)
                map.Add(key, value);
            cursor.Leave();
        }
    }

    /// <summary>One value of the field's type; null, after reporting why, where there is none.</summary>
    private object? ReadValue(ref JsonCursor cursor, FieldDescriptor field)
    {
        if (field.FieldType is not (FieldType.Message or FieldType.Group))
            return ScalarReader.Read(ref cursor, field);
        // Generated classes have no wrappers, but what is wrapped.
        if (WellKnownTypes.WrappedValue(field.MessageType) is { } wrapped)
            return ScalarReader.Read(ref cursor, wrapped);
        var message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
        ReadInto(ref cursor, message);
        return message;
    }

    private static void ReadText(ref JsonCursor cursor, IMessage message)
    {
        var expected = WellKnownTypes.Expected(message.Descriptor);
        if (cursor.Expect(JsonTokenType.String, expected)
            && cursor.TryGetString() is { } text && !WellKnownTypes.TryReadText(text, message))
        {
            cursor.Report(cursor.At, $"{InvalidRequest.Shown(cursor.RawToken)} is not {expected}");
        }
    }

    private static void ReadWrapped(ref JsonCursor cursor, IMessage message, FieldDescriptor wrapped)
    {
        if (cursor.Token != JsonTokenType.Null && ScalarReader.Read(ref cursor, wrapped) is { } value)
            wrapped.Accessor.SetValue(message, value);
    }

    /// <summary>Null is as good as nothing, unless it is a value of the field.</summary>
    private static bool IsUnset(ref JsonCursor cursor, FieldDescriptor field) =>
        cursor.Token == JsonTokenType.Null && (field.IsRepeated || !WellKnownTypes.TakesNull(field));

    private static string Names(MessageDescriptor descriptor) =>
        descriptor.Fields.InDeclarationOrder().Count == 0
            ? "none"
            : string.Join(", ", descriptor.Fields.InDeclarationOrder().Select(field => field.JsonName));
}
