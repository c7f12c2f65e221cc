using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using ServersGrpc.Rpc.Transcoding.Errors;

namespace ServersGrpc.Rpc.Transcoding.Responses;

/// <summary>Server-sent events. JSON has no bare line ends, so each message is one data line.</summary>
/// <param name="body">What of a message is the data.</param>
/// <param name="id">The field that is the event's id; null for events without one.</param>
internal sealed class EventFraming(ResponseBody body, FieldDescriptor? id) : StreamFraming("text/event-stream")
{
    public override void WriteMessage(JsonOutput output, IMessage message)
    {
        if (id is not null)
            output.WriteRaw(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {id.Accessor.GetValue(message)}\n")));
        output.WriteRaw("data: "u8);
        body.Write(output.Json, message);
        output.WriteRaw("\n\n"u8);
    }

    public override void WriteError(JsonOutput output, Status status, RpcStatusResponder responder)
    {
        output.WriteRaw("event: error\ndata: "u8);
        responder.Write(output, status);
        output.WriteRaw("\n\n"u8);
    }
}
