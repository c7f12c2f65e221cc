using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding.Binding;
using ServersGrpc.Rpc.Transcoding.Errors;
using ServersGrpc.Rpc.Transcoding.Responses;

namespace ServersGrpc.Rpc.Transcoding.Calls;

/// <summary>Streams a method's responses, one JSON document each. Ends when the service stops: readers call again and go on.</summary>
internal sealed class StreamingCall(
    BoundMethod method,
    RequestReader reader,
    StreamFraming lines,
    StreamFraming events,
    JsonOutputPool outputs,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    FaultMapper faults,
    RpcStatusResponder responder)
    : TranscodedCall(method, reader, time, faults, responder)
{
    protected override CancellationToken Stopping => lifetime.ApplicationStopping;

    protected override async Task AnswerAsync(IMessage request, TranscodedCallContext call)
    {
        var http = call.HttpContext;
        var framing = FramingOf(http);
        call.StartResponse = cancellationToken => StartAsync(http.Response, framing, cancellationToken);
        if (HttpMethods.IsHead(http.Request.Method))
        {
            // The method might have nothing to say for hours. Only its answer's headers were asked for.
            await StartAsync(http.Response, framing, call.CancellationToken);
            return;
        }

        using var output = outputs.Rent();
        await Method.ServerStreamingAsync(request, WriteAsync, call);
        ThrowIfFailed(call);
        if (!http.Response.HasStarted)
            await StartAsync(http.Response, framing, call.CancellationToken);

        async Task WriteAsync(object message, CancellationToken cancellationToken)
        {
            if (!http.Response.HasStarted)
                http.Response.ContentType = framing.ContentType;
            framing.WriteMessage(output, (IMessage)message);
            using var token = call.Join(cancellationToken);
            await output.SendPartAsync(http.Response.BodyWriter, token.Token);
        }
    }

    protected override async Task FailAsync(TranscodedCallContext call, Exception fault)
    {
        var http = call.HttpContext;
        if (!http.Response.HasStarted)
        {
            await base.FailAsync(call, fault);
            return;
        }
        var status = StatusOf(call, fault);
        if (http.RequestAborted.IsCancellationRequested)
            return;
        using var output = outputs.Rent();
        FramingOf(http).WriteError(output, status, Responder);
        await output.SendPartAsync(http.Response.BodyWriter, http.RequestAborted);
    }

    /// <summary>Sends the headers.</summary>
    private static async Task StartAsync(HttpResponse response, StreamFraming framing, CancellationToken cancellationToken)
    {
        response.ContentType = framing.ContentType;
        await PendingFlush.WaitAsync(response.BodyWriter, response.BodyWriter.FlushAsync(CancellationToken.None), cancellationToken);
    }

    private StreamFraming FramingOf(HttpContext http) => events.IsAskedFor(http.Request) ? events : lines;
}
