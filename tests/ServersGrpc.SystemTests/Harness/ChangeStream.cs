using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>One watch over REST: a line or an event at a time, until either end breaks it off.</summary>
internal sealed class ChangeStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;
    private readonly bool _events;

    private ChangeStream(HttpResponseMessage response, Stream body, bool events)
    {
        _response = response;
        _reader = new(body);
        _events = events;
    }

    /// <summary>Changes after a revision as lines of JSON.</summary>
    public static Task<ChangeStream> LinesAsync(ServiceProcess service, long since, HttpClient? http = null) => OpenAsync(
        http ?? service.Http, new(HttpMethod.Get, $"{service.Address}/api/servers:watch?since_revision={since}"), service, events: false);

    /// <summary>Changes after a revision as server-sent events, asked for as a browser does when it connects again.</summary>
    public static Task<ChangeStream> EventsAsync(ServiceProcess service, long since)
    {
        // The address that it began with stays, whatever it has seen since.
        var request = new HttpRequestMessage(HttpMethod.Get, $"{service.Address}/api/servers:watch?since_revision=1");
        request.Headers.Accept.Add(new("text/event-stream"));
        request.Headers.Add("Last-Event-ID", $"{since}");
        return OpenAsync(service.Http, request, service, events: true);
    }

    /// <summary>The next message; null when the service ended the stream.</summary>
    public async Task<JsonNode?> NextAsync()
    {
        string? id = null;
        while (await _reader.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line)
        {
            if (!_events)
                return JsonNode.Parse(line)!;
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line["id: ".Length..];
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            var message = JsonNode.Parse(line["data: ".Length..])!;
            Assert.Equal(id, message["revision"]?.ToJsonString());
            return message;
        }
        return null;
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<ChangeStream> OpenAsync(HttpClient http, HttpRequestMessage request, ServiceProcess service, bool events)
    {
        using (request)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", service.Token);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(response.IsSuccessStatusCode, $"The watch was answered {(int)response.StatusCode}.");
            return new(response, await response.Content.ReadAsStreamAsync(), events);
        }
    }
}
