using System.Formats.Tar;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ServersGrpc.Engine.Providers.Docker;

namespace ServersGrpc.Tests.Engine.Providers.Docker;

/// <summary>An engine that keeps its containers in memory, says what it is told to say, and remembers what it was asked.</summary>
internal sealed class ScriptedEngine : HttpMessageHandler
{
    private readonly Dictionary<string, HttpResponseMessage> _answers = [];
    private readonly Dictionary<string, JsonObject> _containers = [];

    /// <summary>What _ping says; null for an engine that says nothing of it.</summary>
    public string? ApiVersion { get; set; } = "1.41";

    /// <summary>What every request fails with.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Runs when a container was made.</summary>
    public Action AfterCreate { get; set; } = () => { };

    /// <summary>Every request as "METHOD path", without the version and the query.</summary>
    public List<string> Calls { get; } = [];

    public List<Uri> Targets { get; } = [];

    /// <summary>The body of the last create.</summary>
    public JsonNode? Created { get; private set; }

    /// <summary>The last archive that was put into a container.</summary>
    public byte[] Archive { get; private set; } = [];

    public bool IsEmpty => _containers.Count == 0;

    public DockerProviderOptions Options { get; } = new() { Image = "image:1" };

    public DockerProvider NewProvider(TimeProvider? time = null) =>
        new(Options, "ours", time ?? TimeProvider.System, new HttpMessageInvoker(this, disposeHandler: false));

    /// <summary>Answers a call once with this in place of what it would.</summary>
    public void Answer(string call, HttpStatusCode status, string body, TimeSpan? retryAfter = null)
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (retryAfter is { } pause)
            answer.Headers.RetryAfter = new(pause);
        _answers[call] = answer;
    }

    /// <summary>The names of the files in it.</summary>
    public async Task<IReadOnlyList<string>> FilesAsync()
    {
        var names = new List<string>();
        await using var archive = new TarReader(new MemoryStream(Archive));
        while (await archive.GetNextEntryAsync() is { } entry)
            names.Add(entry.Name);
        return names;
    }

    /// <summary>A container as a listing has it.</summary>
    public void Add(string id, string uid, string state, JsonObject? with = null)
    {
        var container = new JsonObject
        {
            ["Id"] = id,
            ["Created"] = 1_700_000_000,
            ["State"] = state,
            ["Labels"] = new JsonObject
            {
                ["servers-grpc.installation"] = "ours",
                ["servers-grpc.uid"] = uid,
                ["servers-grpc.name"] = "agent-1",
            },
        };
        foreach (var (key, value) in with ?? [])
            container[key] = value?.DeepClone();
        _containers[id] = container;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Failure is not null)
            throw Failure;
        Targets.Add(request.RequestUri!);
        var path = request.RequestUri!.AbsolutePath;
        if (path == "/_ping")
            return Ping();
        path = path[path.IndexOf('/', 1)..];
        var call = $"{request.Method} {path}";
        Calls.Add(call);
        if (path.EndsWith("/archive", StringComparison.Ordinal))
            Archive = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        if (_answers.Remove(call, out var answer))
            return answer;
        return path.Split('/') switch
        {
            ["", "containers", "json"] => Say(HttpStatusCode.OK, new JsonArray([.. _containers.Values.Where(IsAskedFor).Select(c => c.DeepClone())])),
            ["", "containers", "create"] => Create(JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!),
            ["", "containers", var id, "start"] => Start(id),
            ["", "containers", var id] when request.Method == HttpMethod.Delete => Remove(id),
            ["", "images", "create"] => Say(HttpStatusCode.OK, new JsonObject { ["status"] = "Pulling" }),
            _ => new(HttpStatusCode.NoContent),
        };

        bool IsAskedFor(JsonObject container) =>
            JsonNode.Parse(Uri.UnescapeDataString(request.RequestUri.Query.Split("filters=")[1]))!["label"]!.AsArray().All(label =>
                ((string)label!).Split('=', 2) is var pair && container["Labels"]![pair[0]] is { } value && (pair.Length == 1 || (string?)value == pair[1]));
    }

    private HttpResponseMessage Ping()
    {
        var pong = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("OK") };
        if (ApiVersion is not null)
            pong.Headers.Add("Api-Version", ApiVersion);
        return pong;
    }

    private HttpResponseMessage Create(JsonNode container)
    {
        Created = container;
        var id = $"id-{_containers.Count}";
        Add(id, (string)container["Labels"]!["servers-grpc.uid"]!, "created", new() { ["Labels"] = container["Labels"]!.DeepClone() });
        AfterCreate();
        return Say(HttpStatusCode.Created, new JsonObject { ["Id"] = id });
    }

    private HttpResponseMessage Start(string id)
    {
        _containers[id]["State"] = "running";
        return new(HttpStatusCode.NoContent);
    }

    private HttpResponseMessage Remove(string id) => new(_containers.Remove(id) ? HttpStatusCode.NoContent : HttpStatusCode.NotFound);

    private static HttpResponseMessage Say(HttpStatusCode status, JsonNode body) =>
        new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
}
