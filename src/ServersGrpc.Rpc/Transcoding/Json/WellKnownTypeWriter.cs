using Google.Protobuf;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes a well-known type whose JSON is not that of its fields.</summary>
internal sealed class WellKnownTypeWriter<TMessage>(ValueWriter<TMessage> write) : JsonMessageWriter
    where TMessage : class, IMessage
{
    public override void Write(JsonTextWriter json, IMessage message) => write(json, (TMessage)message);

    /// <summary>Inside of an Any such a value stands in a member of its own.</summary>
    public override void WriteMembers(JsonTextWriter json, IMessage message)
    {
        json.WritePropertyName("value"u8);
        Write(json, message);
    }
}
