using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes an Any as its type and the members of what is in it; as the bare bytes where the type is not known here.</summary>
internal sealed class AnyWriter(JsonMessageWriters writers, MessageTypes types) : JsonMessageWriter
{
    public override void Write(JsonTextWriter json, IMessage message)
    {
        var any = (Any)message;
        json.WriteStartObject();
        if (any.TypeUrl.Length > 0 || any.Value.Length > 0)
        {
            json.WritePropertyName("@type"u8);
            json.WriteStringValue(any.TypeUrl);
            if (Unpack(any) is { } content)
            {
                writers.For(content.Descriptor).WriteMembers(json, content);
            }
            else
            {
                json.WritePropertyName("value"u8);
                json.WriteBase64StringValue(any.Value.Span);
            }
        }
        json.WriteEndObject();
    }

    /// <summary>An Any in an Any is a value of its own, since its type would be in the way of the other's.</summary>
    public override void WriteMembers(JsonTextWriter json, IMessage message)
    {
        json.WritePropertyName("value"u8);
        Write(json, message);
    }

    private IMessage? Unpack(Any any)
    {
        try
        {
            return types.Find(any.TypeUrl)?.Parser.ParseFrom(any.Value);
        }
        catch (InvalidProtocolBufferException)
        {
            // Not what its type says. The bytes are still the truth.
            return null;
        }
    }
}
