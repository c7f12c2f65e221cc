using System.Globalization;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Errors;
using ServersGrpc.V1;

namespace ServersGrpc.Rest;

/// <summary>A stream of changes over REST: a JSON object a line, or server-sent events where the caller asks for these.</summary>
internal sealed class RestStream : IServerStreamWriter<ServerChange>
{
    private const string EventStream = "text/event-stream";
    private const string ResumeHeader = "Last-Event-ID";

    private readonly HttpContext _http;
    private readonly bool _isEvents;
    private readonly Utf8JsonWriter _json;

    private RestStream(HttpContext http)
    {
        (_http, _isEvents) = (http, WantsEvents(http.Request));
        _json = new(http.Response.BodyWriter, ServerJson.Options);
    }

    public WriteOptions? WriteOptions { get; set; }

    /// <summary>Opens a stream. The last event that a browser has seen wins over what the query says.</summary>
    public static RestStream Open(WatchServersRequest request, HttpContext http)
    {
        if (LastEvent(http.Request) is { } last)
            request.SinceRevision = long.Parse(last, NumberStyles.None, CultureInfo.InvariantCulture);
        return new(http);
    }

    /// <summary>Adds what is wrong with the last event to the violations.</summary>
    public static void Check(HttpRequest request, List<FieldViolation> violations)
    {
        if (LastEvent(request) is { } last && !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            violations.Add(new(ResumeHeader, $"\"{Shown.Of(last)}\" is not the id of an event"));
    }

    /// <summary>Says in headers what follows: to be passed on at once, and kept by nobody.</summary>
    public static void Begin(HttpContext http)
    {
        http.Response.ContentType = WantsEvents(http.Request) ? EventStream : "application/x-ndjson";
        http.Response.Headers.CacheControl = "no-store";
        // nginx would hold messages back until there are many.
        http.Response.Headers["X-Accel-Buffering"] = "no";
    }

    public Task WriteAsync(ServerChange message)
    {
        if (!_http.Response.HasStarted)
            Begin(_http);
        if (_isEvents)
            Write($"id: {message.Revision}\ndata: ");
        ServerJson.Write(_json, message);
        return EndMessageAsync();
    }

    // A token given to the write itself would abort the connection.
    public Task WriteAsync(ServerChange message, CancellationToken cancellationToken) => WriteAsync(message).WaitAsync(cancellationToken);

    /// <summary>Ends a stream that has begun with why it ends.</summary>
    public Task EndAsync(Google.Rpc.Status status)
    {
        var error = RpcStatusWriter.ToJson(status);
        if (_isEvents)
            Write("event: error\ndata: ");
        _json.WriteRawValue(_isEvents ? error : $"{{\"error\":{error}}}", skipInputValidation: true);
        return EndMessageAsync();
    }

    private async Task EndMessageAsync()
    {
        _json.Flush();
        _json.Reset();
        Write(_isEvents ? "\n\n" : "\n");
        await _http.Response.BodyWriter.FlushAsync(CancellationToken.None);
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _http.Response.BodyWriter);

    private static string? LastEvent(HttpRequest request) => request.Headers[ResumeHeader] is [{ } last, ..] ? last : null;

    private static bool WantsEvents(HttpRequest request) =>
        request.Headers.Accept.Any(accept => accept?.Contains(EventStream, StringComparison.OrdinalIgnoreCase) == true);
}
