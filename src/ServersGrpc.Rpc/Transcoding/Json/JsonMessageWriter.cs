using Google.Protobuf;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes messages of one type as proto3 JSON.</summary>
internal abstract class JsonMessageWriter
{
    /// <summary>Writes the message as one JSON value.</summary>
    public virtual void Write(JsonTextWriter json, IMessage message)
    {
        json.WriteStartObject();
        WriteMembers(json, message);
        json.WriteEndObject();
    }

    /// <summary>Writes what stands between the braces, for an object that has more members than the message has fields.</summary>
    public abstract void WriteMembers(JsonTextWriter json, IMessage message);
}
