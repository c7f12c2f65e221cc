using System.Text.Json;
using Google.Protobuf;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes a well-known type as the protobuf library does.</summary>
internal sealed class WellKnownTypeWriter : JsonMessageWriter
{
    public override void Write(Utf8JsonWriter json, IMessage message) =>
        json.WriteRawValue(JsonFormatter.Default.Format(message), skipInputValidation: true);

    /// <summary>Inside of an Any such a value stands in a member of its own.</summary>
    public override void WriteMembers(Utf8JsonWriter json, IMessage message)
    {
        json.WritePropertyName("value"u8);
        Write(json, message);
    }
}
