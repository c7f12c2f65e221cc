using Google.Protobuf;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes the elements of a repeated field one at a time, so that what is written can be sent in between.</summary>
internal interface IElementWriter
{
    int Count(IMessage message);

    void WriteElement(JsonTextWriter json, IMessage message, int index);
}
