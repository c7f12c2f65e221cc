using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding.Json;

namespace ServersGrpc.Rpc.Transcoding.Responses;

/// <summary>What of a response message is the body: all of it, or one field (response_body of the HTTP rule).</summary>
internal sealed class ResponseBody
{
    private readonly Action<JsonTextWriter, IMessage> _write;
    private readonly IElementWriter? _elements;

    /// <exception cref="InvalidOperationException">The type of the message or of the field can't be written as JSON.</exception>
    public ResponseBody(MessageDescriptor message, FieldDescriptor? field, JsonMessageWriters writers)
    {
        if (field is null)
        {
            _write = writers.For(message).Write;
            return;
        }
        var writer = writers.ForField(field);
        _write = writer.WriteValue;
        _elements = writer as IElementWriter;
    }

    public void Write(JsonTextWriter json, IMessage message) => _write(json, message);

    /// <summary>Sends the body as the whole response. A list leaves in parts, so that it is never in memory a second time.</summary>
    public async Task SendAsync(IMessage message, JsonOutput output, HttpServerCallContext call)
    {
        var (response, cancellationToken) = (call.HttpContext.Response, call.CancellationToken);
        if (_elements is null)
        {
            _write(output.Json, message);
            call.CountAnswer(output.Json.Length);
            await output.SendWholeAsync(response, cancellationToken);
            return;
        }

        response.ContentType = "application/json";
        output.Json.WriteStartArray();
        for (int index = 0, count = _elements.Count(message); index < count; index++)
        {
            _elements.WriteElement(output.Json, message, index);
            if (!output.HasPart)
                continue;
            // Its elements are alike in length, as a rule, and wait in memory with it.
            if (!response.HasStarted)
                call.CountAnswer((long)output.Json.Length * count / (index + 1));
            await output.SendPartAsync(response.BodyWriter, cancellationToken);
        }
        output.Json.WriteEndArray();
        if (response.HasStarted)
        {
            await output.SendPartAsync(response.BodyWriter, cancellationToken);
            return;
        }

        call.CountAnswer(output.Json.Length);
        await output.SendWholeAsync(response, cancellationToken);
    }
}
