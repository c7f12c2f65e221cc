using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>The calls of the Engine API that the provider makes. Faults are <see cref="ProviderException"/>s.</summary>
/// <param name="http">Connects to the engine.</param>
/// <param name="options">Where the engine is.</param>
internal sealed class DockerEngine(HttpMessageInvoker http, DockerProviderOptions options)
{
    // Engines from 20.10 (1.41) on are spoken to in their own version; 1.44 is the least that the newest take.
    private static readonly Version Newest = new(1, 44);
    private static readonly Version Oldest = new(1, 40);

    private readonly Uri _base = options.EngineEndpoint.Base;
    private Version? _version;

    /// <summary>All containers that bear the labels, whatever their state. KEY=VALUE each, or KEY for any value.</summary>
    public Task<Container[]> ListAsync(IEnumerable<string> labels, CancellationToken cancellationToken)
    {
        var filters = new JsonObject { ["label"] = new JsonArray([.. labels.Select(label => JsonValue.Create(label))]) };
        return GetAsync(
            $"/containers/json?all=1&filters={Uri.EscapeDataString(filters.ToJsonString())}", DockerJson.Default.ContainerArray, cancellationToken);
    }

    /// <summary>Makes a container that does not run yet.</summary>
    public async Task<CreateOutcome> CreateAsync(string name, JsonObject container, CancellationToken cancellationToken)
    {
        using var content = Json(container);
        using var response = await SendAsync(HttpMethod.Post, $"/containers/create?name={name}", content, cancellationToken);
        if (response.IsSuccessStatusCode)
            return CreateOutcome.Created;
        if (response.StatusCode == HttpStatusCode.Conflict)
            return CreateOutcome.NameTaken;
        var failure = await FailureAsync(response, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound && failure.Message.Contains("no such image", StringComparison.OrdinalIgnoreCase)
            ? CreateOutcome.NoImage
            : throw failure;
    }

    /// <summary>Unpacks a tar archive in a container, from its root.</summary>
    public async Task PutFilesAsync(string id, ReadOnlyMemory<byte> archive, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(archive);
        content.Headers.ContentType = new("application/x-tar");
        await DoAsync(HttpMethod.Put, $"/containers/{id}/archive?path=%2F", content, [], cancellationToken);
    }

    /// <summary>Connects a container to a further network.</summary>
    public async Task ConnectAsync(string id, string network, CancellationToken cancellationToken)
    {
        using var content = Json(new JsonObject { ["Container"] = id });
        await DoAsync(HttpMethod.Post, $"/networks/{Uri.EscapeDataString(network)}/connect", content, [], cancellationToken);
    }

    /// <summary>Starts a container; one that runs is fine.</summary>
    public Task StartAsync(string id, CancellationToken cancellationToken) =>
        DoAsync(HttpMethod.Post, $"/containers/{id}/start", null, [HttpStatusCode.NotModified], cancellationToken);

    /// <summary>Ends a container, by force after the grace, and starts it again.</summary>
    public Task RestartAsync(string id, TimeSpan grace, CancellationToken cancellationToken) =>
        DoAsync(HttpMethod.Post, $"/containers/{id}/restart?t={(int)Math.Ceiling(grace.TotalSeconds)}", null, [], cancellationToken);

    /// <summary>Asks a container to end and kills it after the grace. One that has ended, or is not there, is fine.</summary>
    public Task StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken) => DoAsync(
        HttpMethod.Post, $"/containers/{id}/stop?t={(int)Math.Ceiling(grace.TotalSeconds)}", null,
        [HttpStatusCode.NotModified, HttpStatusCode.NotFound], cancellationToken);

    /// <summary>Removes a container, however it is, with its anonymous volumes. One that is not there, or is being removed, is fine.</summary>
    public Task RemoveAsync(string id, CancellationToken cancellationToken) => DoAsync(
        HttpMethod.Delete, $"/containers/{id}?force=1&v=1", null, [HttpStatusCode.NotFound, HttpStatusCode.Conflict], cancellationToken);

    /// <summary>Gets an image from its registry.</summary>
    public async Task PullAsync(string image, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            HttpMethod.Post, $"/images/create?fromImage={Uri.EscapeDataString(Tagged(image))}", null, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw DockerFaults.NotPulled(image, await MessageAsync(response, cancellationToken));
        try
        {
            using var progress = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
            while (await progress.ReadLineAsync(cancellationToken) is { } line)
            {
                // The status was sent before the work began: how it ended is said in here.
                if (Error(line)?.Error is { } error)
                    throw DockerFaults.NotPulled(image, error);
            }
        }
        catch (Exception exception) when (DockerFaults.NotAnswered(options.Endpoint, exception) is { } fault)
        {
            throw fault;
        }
    }

    private async Task DoAsync(
        HttpMethod method, string path, HttpContent? content, HttpStatusCode[] alsoFine, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, content, cancellationToken);
        if (!response.IsSuccessStatusCode && !alsoFine.Contains(response.StatusCode))
            throw await FailureAsync(response, cancellationToken);
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await FailureAsync(response, cancellationToken);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new ProviderException(ProviderFault.Transient, "the Docker engine's answer can't be read", inner: exception);
        }
        catch (Exception exception) when (DockerFaults.NotAnswered(options.Endpoint, exception) is { } fault)
        {
            throw fault;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _version ??= await NegotiateAsync(cancellationToken);
        return await SendUnversionedAsync(method, $"/v{_version}{path}", content, cancellationToken);
    }

    private async Task<Version> NegotiateAsync(CancellationToken cancellationToken)
    {
        using var response = await PingAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await FailureAsync(response, cancellationToken);
        if (!response.Headers.TryGetValues("Api-Version", out var values) || !Version.TryParse(values.First(), out var theirs))
            throw new ProviderException(ProviderFault.Rejected, $"{options.Endpoint} does not answer as a Docker engine does");
        return theirs >= Oldest
            ? theirs < Newest ? theirs : Newest
            : throw new ProviderException(ProviderFault.Rejected, $"the Docker engine at {options.Endpoint} speaks API {theirs}; {Oldest} is needed");
    }

    private async Task<HttpResponseMessage> PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await SendUnversionedAsync(HttpMethod.Get, "/_ping", null, cancellationToken);
        }
        catch (ProviderException exception) when (exception.Fault == ProviderFault.Transient)
        {
            if (await DockerConnection.RefusalAsync(options, cancellationToken) is { } refusal)
                throw DockerFaults.NotAnswered(options.Endpoint, refusal)!;
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendUnversionedAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_base, path)) { Content = content };
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(ProviderFault.Transient, $"the Docker engine at {options.Endpoint} does not take connections", inner: exception);
        }
        catch (Exception exception) when (DockerFaults.NotAnswered(options.Endpoint, exception) is { } fault)
        {
            throw fault;
        }
    }

    private async Task<ProviderException> FailureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var message = await MessageAsync(response, cancellationToken);
        // An engine of another version may have taken the place of the one that was asked.
        if (message.Contains("client version", StringComparison.Ordinal))
            _version = null;
        return DockerFaults.Answered(response.StatusCode, message, RetryAfter(response.Headers.RetryAfter));
    }

    private async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return Error(body)?.Message ?? body;
        }
        catch (Exception exception) when (DockerFaults.NotAnswered(options.Endpoint, exception) is { } fault)
        {
            throw fault;
        }
    }

    private static DockerError? Error(string text)
    {
        try
        {
            return text.StartsWith('{') ? JsonSerializer.Deserialize(text, DockerJson.Default.DockerError) : null;
        }
        catch (JsonException)
        {
            // A proxy's page, or a line cut short: shown as it is.
            return null;
        }
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta;

    // Without a tag the engine would pull them all.
    private static string Tagged(string image) => image.AsSpan(image.LastIndexOf('/') + 1).ContainsAny(':', '@') ? image : image + ":latest";

    private static StringContent Json(JsonObject value) => new(value.ToJsonString(), Encoding.UTF8, "application/json");
}
