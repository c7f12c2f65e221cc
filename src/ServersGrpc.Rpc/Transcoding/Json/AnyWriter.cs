using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes an Any as its type and the members of what is in it; as the bare bytes where the type is not known here.</summary>
internal sealed class AnyWriter(JsonMessageWriters writers) : JsonMessageWriter
{
    public override void WriteMembers(Utf8JsonWriter json, IMessage message)
    {
        var any = (Any)message;
        json.WriteString("@type"u8, any.TypeUrl);
        if (Unpack(any) is { } content)
            writers.For(content.Descriptor).WriteMembers(json, content);
        else
            json.WriteBase64String("value"u8, any.Value.Span);
    }

    private IMessage? Unpack(Any any)
    {
        try
        {
            return writers.Find(Any.GetTypeName(any.TypeUrl))?.Parser.ParseFrom(any.Value);
        }
        catch (InvalidProtocolBufferException)
        {
            // Not what its type says. The bytes are still the truth.
            return null;
        }
    }
}
