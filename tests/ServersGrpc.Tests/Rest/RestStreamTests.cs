using Grpc.Core;
using ServersGrpc.Engine.Storage;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Rest;

/// <summary>Streams of changes: their forms, and how they end.</summary>
public sealed class RestStreamTests : IAsyncLifetime
{
    private const string Bookmark = "{\"type\":\"bookmark\",\"revision\":8}";
    private const string Behind = "{\"code\":8,\"message\":\"behind\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\","
        + "\"reason\":\"RESOURCE_EXHAUSTED\",\"domain\":\"servers-grpc\",\"metadata\":{}}]}";

    private RestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await RestHost.StartAsync();
        _host.Servers.Servers = [];
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(null, "application/x-ndjson", Bookmark + "\n")]
    [InlineData("*/*", "application/x-ndjson", Bookmark + "\n")]
    [InlineData("text/event-stream", "text/event-stream", "id: 8\ndata: " + Bookmark + "\n\n")]
    [InlineData("application/json, Text/Event-Stream;q=0.5", "text/event-stream", "id: 8\ndata: " + Bookmark + "\n\n")]
    public async Task Watch_EachForm_IsAskedForByAccept(string? accept, string type, string body)
    {
        using var response = await WatchAsync(accept);

        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no", Assert.Single(response.Headers.GetValues("X-Accel-Buffering")));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(null, Bookmark + "\n{\"error\":" + Behind + "}\n")]
    [InlineData("text/event-stream", "id: 8\ndata: " + Bookmark + "\n\nevent: error\ndata: " + Behind + "\n\n")]
    public async Task Watch_FailsAfterAMessage_TheErrorIsTheLastOne(string? accept, string body)
    {
        _host.Servers.Failure = new RpcException(new(StatusCode.ResourceExhausted, "behind"));

        using var response = await WatchAsync(accept);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Watch_FailsByTheDomain_SaysWhy()
    {
        _host.Servers.Failure = new StoreUnavailableException("The database is locked.");

        using var response = await WatchAsync(accept: null);

        var last = (await response.Content.ReadAsStringAsync()).Split('\n')[^2];
        Assert.StartsWith("{\"error\":{\"code\":14,\"message\":\"The database is locked. Try again.\"", last, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?since_revision=2", 7)]
    [InlineData("?since_revision=0", 7)]
    [InlineData("", 7)]
    public async Task Watch_LastEventId_WinsOverTheQuery(string query, long expected)
    {
        using var response = await WatchAsync("text/event-stream", query, lastEvent: "7");

        Assert.Equal(new WatchServersRequest { SinceRevision = expected }, Assert.Single(_host.Servers.Requests));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Watch_BadLastEventId_IsRefusedBeforeTheMethod(string method)
    {
        foreach (var id in (string[])["x", "-1", "+1", "1.0", "9223372036854775808"])
        {
            using var response = await WatchAsync("text/event-stream", "", id, method);

            Assert.Equal(400, (int)response.StatusCode);
        }
        Assert.Empty(_host.Servers.Requests);
    }

    [Fact]
    public async Task Watch_Head_DoesNotRunTheMethod()
    {
        using var response = await WatchAsync("text/event-stream", "", lastEvent: null, method: "HEAD");

        Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.Empty(_host.Servers.Requests);
    }

    private Task<HttpResponseMessage> WatchAsync(string? accept, string query = "", string? lastEvent = null, string method = "GET")
    {
        var request = new HttpRequestMessage(new(method), $"/api/servers:watch{query}");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        if (lastEvent is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEvent);
        return _host.Http.SendAsync(request);
    }
}
