using System.Text.Json;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Extensions;
using ServersGrpc.Errors;
using ServersGrpc.V1;

namespace ServersGrpc.Rest;

/// <summary>
/// Writes the REST answers that hold servers, as fast as their keys can be: transcoding makes a string of each. All others are transcoding's.
/// </summary>
internal sealed class RestAnswerInterceptor(ErrorInterceptor errors) : Interceptor
{
    // In parts, so that a list is never in memory a second time.
    private const int PartSize = 32 * 1024;

    // What transcoding gets instead.
    private static readonly Server NoServer = new();
    private static readonly ListServersResponse NoServers = new();

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return call switch
        {
            Task<Server> server when IsRest(context) => (Task<TResponse>)(object)AnswerAsync(server, context.GetHttpContext().Response),
            Task<ListServersResponse> page when IsRest(context) =>
                (Task<TResponse>)(object)AnswerAsync((ListServersRequest)(object)request, page, context.GetHttpContext().Response),
            _ => call,
        };
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        request is WatchServersRequest watch && IsRest(context)
            ? StreamAsync(watch, stream => continuation(request, (IServerStreamWriter<TResponse>)stream, context), context)
            : continuation(request, responseStream, context);

    private static bool IsRest(ServerCallContext context) =>
        context.GetHttpContext().GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is not null;

    private static async Task<Server> AnswerAsync(Task<Server> call, HttpResponse response)
    {
        var server = await call;
        Begin(response);
        if (response.HttpContext.Features.Get<HeadRequest>() is null)
        {
            // It leaves with the end of the answer.
            await using var writer = new Utf8JsonWriter(response.BodyWriter, ServerJson.Options);
            ServerJson.Write(writer, server);
        }
        End(response);
        return NoServer;
    }

    private static async Task<ListServersResponse> AnswerAsync(ListServersRequest request, Task<ListServersResponse> call, HttpResponse response)
    {
        var page = await call;
        if (page.NextPageToken.Length > 0)
            response.Headers.Link = $"<{NextPage(request, page.NextPageToken)}>; rel=\"next\"";
        Begin(response);
        if (response.HttpContext.Features.Get<HeadRequest>() is null)
            await WriteAsync(page, response);
        End(response);
        return NoServers;
    }

    private static void Begin(HttpResponse response) => response.ContentType = "application/json; charset=utf-8";

    // What transcoding writes of the message that it gets is not for the caller.
    private static void End(HttpResponse response) => response.Body = Stream.Null;

    private static async Task WriteAsync(ListServersResponse page, HttpResponse response)
    {
        await using (var writer = new Utf8JsonWriter(response.BodyWriter, ServerJson.Options))
        {
            writer.WriteStartArray();
            var sent = 0L;
            foreach (var server in page.Servers)
            {
                ServerJson.Write(writer, server);
                // What the writer has handed on counts too.
                if (writer.BytesCommitted + writer.BytesPending - sent < PartSize)
                    continue;
                writer.Flush();
                sent = writer.BytesCommitted;
                // No token: it would abort the connection. Of a caller that has gone it says so.
                if ((await response.BodyWriter.FlushAsync(CancellationToken.None)).IsCompleted)
                    break;
            }
            writer.WriteEndArray();
        }
        await response.BodyWriter.FlushAsync(CancellationToken.None);
    }

    private async Task StreamAsync(WatchServersRequest request, Func<object, Task> call, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var stream = RestStream.Open(request, http);
        try
        {
            await call(stream);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone, which is how most streams end.
        }
        catch (Exception e) when (http.Response.HasStarted)
        {
            await stream.EndAsync(errors.ToStatus(e, context));
        }
    }

    // Relative, so that the prefix of a proxy in front survives.
    private static QueryString NextPage(ListServersRequest request, string token)
    {
        var query = new QueryBuilder { { "page_size", $"{request.PageSize}" }, { "page_token", token } };
        if (request.State.Count > 0)
            query.Add("state", request.State);
        if (request.Provider.Length > 0)
            query.Add("provider", request.Provider);
        if (request.LabelSelector.Length > 0)
            query.Add("label_selector", request.LabelSelector);
        return query.ToQueryString();
    }
}
