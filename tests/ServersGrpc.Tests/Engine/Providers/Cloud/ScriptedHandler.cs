using System.Net;
using System.Text;

namespace ServersGrpc.Tests.Engine.Providers.Cloud;

/// <summary>Answers requests as it was told, in that order, and fails where another comes.</summary>
internal sealed class ScriptedHandler : HttpMessageHandler
{
    private readonly Queue<(string Expected, Func<CancellationToken, Task<HttpResponseMessage>> Answer)> _script = new();

    /// <summary>The requests that came: method, path and query unescaped, body.</summary>
    public List<(string Line, string Body)> Requests { get; } = [];

    /// <summary>What the last request said of itself.</summary>
    public string Authorization { get; private set; } = "";

    public string UserAgent { get; private set; } = "";

    public ScriptedHandler Then(string expected, int status, string body, params IEnumerable<(string Name, string Value)> headers) =>
        Then(expected, _ => Task.FromResult(Response(status, body, headers)));

    public ScriptedHandler Then(string expected, Func<CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _script.Enqueue((expected, answer));
        return this;
    }

    /// <summary>Fails where something was expected that did not come.</summary>
    public void AssertDone() => Assert.Empty(_script.Select(step => step.Expected));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var line = $"{request.Method} {Uri.UnescapeDataString(request.RequestUri!.PathAndQuery)}";
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add((line, body));
        (Authorization, UserAgent) = ($"{request.Headers.Authorization}", $"{request.Headers.UserAgent}");
        Assert.True(_script.TryDequeue(out var step), $"Unexpected: {line}");
        Assert.StartsWith(step.Expected, line, StringComparison.Ordinal);
        return await step.Answer(cancellationToken);
    }

    private static HttpResponseMessage Response(int status, string body, IEnumerable<(string Name, string Value)> headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }
}
