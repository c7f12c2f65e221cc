using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>The writers of the well-known types.</summary>
internal static class WellKnownTypeWriters
{
    private static readonly Dictionary<MessageDescriptor, JsonMessageWriter> All = new()
    {
        [Timestamp.Descriptor] = new WellKnownTypeWriter<Timestamp>(WriteTimestamp),
        [Duration.Descriptor] = new WellKnownTypeWriter<Duration>(WriteDuration),
        [FieldMask.Descriptor] =
            new WellKnownTypeWriter<FieldMask>(static (json, mask) => json.WriteStringValue(FieldMaskText.Format(mask))),
        [Struct.Descriptor] = new WellKnownTypeWriter<Struct>(StructWriter.Write),
        [Value.Descriptor] = new WellKnownTypeWriter<Value>(StructWriter.Write),
        [ListValue.Descriptor] = new WellKnownTypeWriter<ListValue>(StructWriter.Write),
        [Empty.Descriptor] = new WellKnownTypeWriter<Empty>(WriteEmpty),
        [DoubleValue.Descriptor] =
            new WellKnownTypeWriter<DoubleValue>(static (json, wrapper) => ValueWriters.WriteDouble(json, wrapper.Value)),
        [FloatValue.Descriptor] =
            new WellKnownTypeWriter<FloatValue>(static (json, wrapper) => ValueWriters.WriteFloat(json, wrapper.Value)),
        [Int64Value.Descriptor] = new WellKnownTypeWriter<Int64Value>(static (json, wrapper) => json.WriteNumberValue(wrapper.Value)),
        [UInt64Value.Descriptor] = new WellKnownTypeWriter<UInt64Value>(static (json, wrapper) => json.WriteNumberValue(wrapper.Value)),
        [Int32Value.Descriptor] = new WellKnownTypeWriter<Int32Value>(static (json, wrapper) => json.WriteNumberValue(wrapper.Value)),
        [UInt32Value.Descriptor] =
            new WellKnownTypeWriter<UInt32Value>(static (json, wrapper) => json.WriteNumberValue((ulong)wrapper.Value)),
        [BoolValue.Descriptor] = new WellKnownTypeWriter<BoolValue>(static (json, wrapper) => json.WriteBooleanValue(wrapper.Value)),
        [StringValue.Descriptor] = new WellKnownTypeWriter<StringValue>(static (json, wrapper) => json.WriteStringValue(wrapper.Value)),
        [BytesValue.Descriptor] =
            new WellKnownTypeWriter<BytesValue>(static (json, wrapper) => json.WriteBase64StringValue(wrapper.Value.Span)),
    };

    /// <summary>Null for a type that is written field by field.</summary>
    public static JsonMessageWriter? Find(MessageDescriptor descriptor) => All.GetValueOrDefault(descriptor);

    private static void WriteTimestamp(JsonTextWriter json, Timestamp timestamp)
    {
        Span<byte> text = stackalloc byte[TimestampText.MaxLength];
        json.WriteStringValue(text[..TimestampText.Format(timestamp, text)]);
    }

    private static void WriteDuration(JsonTextWriter json, Duration duration)
    {
        Span<byte> text = stackalloc byte[DurationText.MaxLength];
        json.WriteStringValue(text[..DurationText.Format(duration, text)]);
    }

    private static void WriteEmpty(JsonTextWriter json, Empty message)
    {
        json.WriteStartObject();
        json.WriteEndObject();
    }
}
