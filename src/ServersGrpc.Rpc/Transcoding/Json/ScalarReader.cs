using System.Text.Json;
using Google.Protobuf.Reflection;
using ServersGrpc.Rpc.Transcoding.Errors;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Reads one scalar value from JSON.</summary>
internal static class ScalarReader
{
    /// <summary>The value as the field's accessor takes it; null, after reporting why, where there is none.</summary>
    public static object? Read(ref JsonCursor cursor, FieldDescriptor field)
    {
        switch (cursor.Token)
        {
            case JsonTokenType.True or JsonTokenType.False when field.FieldType == FieldType.Bool:
                return cursor.Token == JsonTokenType.True;
            case JsonTokenType.Null when WellKnownTypes.TakesNull(field):
                return 0;
            case JsonTokenType.Number when field.FieldType is not (FieldType.String or FieldType.Bytes or FieldType.Bool):
                return Parse(ref cursor, field, cursor.RawToken);
            case JsonTokenType.String when field.FieldType != FieldType.Bool:
                return cursor.TryGetString() is { } text ? Parse(ref cursor, field, text) : null;
            default:
                var expected = field.FieldType == FieldType.Bool ? "true or false" : ScalarText.Expected(field);
                cursor.Skip(cursor.At, $"expected {expected}, found {cursor.Found}");
                return null;
        }
    }

    private static object? Parse(ref JsonCursor cursor, FieldDescriptor field, string text)
    {
        var value = ScalarText.Parse(field, text, out var expected);
        if (value is null)
            cursor.Report(cursor.At, $"{InvalidRequest.Shown(cursor.RawToken)} is not {expected}");
        return value;
    }
}
