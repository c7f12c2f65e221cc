using System.Globalization;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using ServersGrpc.Rpc.Transcoding.Errors;

namespace ServersGrpc.Rpc.Transcoding.Responses;

/// <summary>Server-sent events. JSON has no bare line ends, so each message is one data line.</summary>
/// <param name="body">What of a message is the data.</param>
/// <param name="id">The field that is the event's id, an integer; null for events without one.</param>
internal sealed class EventFraming(ResponseBody body, FieldDescriptor? id) : StreamFraming("text/event-stream")
{
    // "id: ", at most 20 digits or a sign and 19, and the line end.
    private const int LongestId = 32;

    public override void WriteMessage(JsonOutput output, IMessage message)
    {
        if (id is not null)
            WriteId(output, id.Accessor.GetValue(message));
        output.WriteRaw("data: "u8);
        body.Write(output.Json, message);
        output.WriteRaw("\n\n"u8);
    }

    private static void WriteId(JsonOutput output, object id)
    {
        Span<byte> line = stackalloc byte[LongestId];
        Utf8.TryWrite(line, CultureInfo.InvariantCulture, $"id: {id}\n", out var length);
        output.WriteRaw(line[..length]);
    }

    public override void WriteError(JsonOutput output, Status status, RpcStatusResponder responder)
    {
        output.WriteRaw("event: error\ndata: "u8);
        responder.Write(output, status);
        output.WriteRaw("\n\n"u8);
    }
}
