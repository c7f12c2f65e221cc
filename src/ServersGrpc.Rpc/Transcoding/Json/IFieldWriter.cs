using Google.Protobuf;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes the value of one field, for those who do not know the message's type.</summary>
internal interface IFieldWriter
{
    void WriteValue(JsonTextWriter json, IMessage message);
}
