using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes Struct, Value and ListValue as the JSON that they stand for.</summary>
internal static class StructWriter
{
    public static void Write(JsonTextWriter json, Struct message)
    {
        json.WriteStartObject();
        foreach (var (name, value) in message.Fields)
        {
            json.WritePropertyName(name);
            Write(json, value);
        }
        json.WriteEndObject();
    }

    public static void Write(JsonTextWriter json, ListValue message)
    {
        json.WriteStartArray();
        foreach (var value in message.Values)
            Write(json, value);
        json.WriteEndArray();
    }

    /// <exception cref="InvalidOperationException">The value is none of JSON: nothing, or a number that is not finite.</exception>
    public static void Write(JsonTextWriter json, Value message)
    {
        switch (message.KindCase)
        {
            case Value.KindOneofCase.NullValue:
                json.WriteNullValue();
                break;
            case Value.KindOneofCase.NumberValue when double.IsFinite(message.NumberValue):
                json.WriteNumberValue(message.NumberValue);
                break;
            case Value.KindOneofCase.StringValue:
                json.WriteStringValue(message.StringValue);
                break;
            case Value.KindOneofCase.BoolValue:
                json.WriteBooleanValue(message.BoolValue);
                break;
            case Value.KindOneofCase.StructValue:
                Write(json, message.StructValue);
                break;
            case Value.KindOneofCase.ListValue:
                Write(json, message.ListValue);
                break;
            default:
                throw new InvalidOperationException(
                    $"A google.protobuf.Value of the kind {message.KindCase} and the number {message.NumberValue} has no JSON.");
        }
    }
}
