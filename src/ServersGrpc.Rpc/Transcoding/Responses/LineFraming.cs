using Google.Protobuf;
using Google.Rpc;
using ServersGrpc.Rpc.Transcoding.Errors;

namespace ServersGrpc.Rpc.Transcoding.Responses;

/// <summary>NDJSON: a message a line.</summary>
internal sealed class LineFraming(ResponseBody body) : StreamFraming("application/x-ndjson")
{
    public override void WriteMessage(JsonOutput output, IMessage message)
    {
        body.Write(output.Json, message);
        output.WriteRaw("\n"u8);
    }

    public override void WriteError(JsonOutput output, Status status, RpcStatusResponder responder)
    {
        output.Json.WriteStartObject();
        output.Json.WritePropertyName("error"u8);
        responder.Write(output, status);
        output.Json.WriteEndObject();
        output.WriteRaw("\n"u8);
    }
}
