using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using ServersGrpc.Rpc.Transcoding.Errors;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Reads any JSON into Struct, Value and ListValue.</summary>
internal static class StructReader
{
    public static void Read(ref JsonCursor cursor, Struct message)
    {
        if (!cursor.Expect(JsonTokenType.StartObject, "an object, {…}"))
            return;
        while (cursor.ReadInside())
        {
            var at = cursor.At;
            var name = cursor.TryGetString();
            cursor.Enter(name ?? "");
            cursor.Read();
            if (name is null)
                cursor.Skip();
            else if (message.Fields.ContainsKey(name))
                cursor.Skip(at, "the key is given twice");
            else
                message.Fields.Add(name, ReadValue(ref cursor));
            cursor.Leave();
        }
    }

    public static void Read(ref JsonCursor cursor, ListValue message)
    {
        if (!cursor.Expect(JsonTokenType.StartArray, "a list, […]"))
            return;
        while (cursor.ReadInside())
        {
            cursor.Enter($"[{message.Values.Count}]");
            message.Values.Add(ReadValue(ref cursor));
            cursor.Leave();
        }
    }

    public static void Read(ref JsonCursor cursor, Value message)
    {
        switch (cursor.Token)
        {
            case JsonTokenType.Null:
                message.NullValue = NullValue.NullValue;
                break;
            case JsonTokenType.True or JsonTokenType.False:
                message.BoolValue = cursor.Token == JsonTokenType.True;
                break;
            case JsonTokenType.Number:
                message.NumberValue = cursor.GetDouble();
                if (!double.IsFinite(message.NumberValue))
                    cursor.Report(cursor.At, $"{InvalidRequest.Shown(cursor.RawToken)} is not a number in the range of a 64-bit float");
                break;
            case JsonTokenType.String:
                message.StringValue = cursor.TryGetString() ?? "";
                break;
            case JsonTokenType.StartObject:
                message.StructValue = new Struct();
                Read(ref cursor, message.StructValue);
                break;
            default:
                message.ListValue = new ListValue();
                Read(ref cursor, message.ListValue);
                break;
        }
    }

    private static Value ReadValue(ref JsonCursor cursor)
    {
        var value = new Value();
        Read(ref cursor, value);
        return value;
    }
}
