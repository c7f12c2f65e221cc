using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>
/// Speaks with a cloud's JSON API. What fails is a <see cref="ProviderException"/>, sorted, whose message holds neither the token nor what
/// was sent.
/// </summary>
internal sealed class CloudClient
{
    private const int MaxResponseBytes = 32 * 1024 * 1024;
    private const int ListTries = 5;

    // As long as a listing may go on: no account has as many.
    private const int MaxPages = 10_000;

    private static readonly ProductInfoHeaderValue UserAgent =
        new("servers-grpc", typeof(CloudClient).Assembly.GetName().Version!.ToString(fieldCount: 3));

    private readonly ICloudDialect _dialect;
    private readonly CloudOptions _options;
    private readonly CloudToken _token;
    private readonly TimeProvider _time;
    private readonly RateLimit _rateLimit;
    private readonly HttpClient _http;
    private readonly string _endpoint;
    private long _ahead;

    /// <param name="dialect">How the cloud tells of failures, limits and pages.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="time">Measures time-outs and limits.</param>
    /// <param name="handler">Sends requests; null: over the network.</param>
    public CloudClient(ICloudDialect dialect, CloudOptions options, TimeProvider time, HttpMessageHandler? handler = null)
    {
        (_dialect, _options, _time, _token) = (dialect, options, time, new CloudToken(options));
        _rateLimit = new RateLimit(dialect, time);
        _endpoint = options.Endpoint.TrimEnd('/');
        _http = new HttpClient(handler ?? NewHandler()) { MaxResponseContentBufferSize = MaxResponseBytes, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The time by the cloud's own clock, as it said last: what it tells of times is by that.</summary>
    public DateTimeOffset Now => _time.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _ahead));

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Get, path, null, cancellationToken)).Required();

    /// <summary>What is at the path, or null where the cloud itself says that nothing is.</summary>
    public async Task<JsonElement?> FindAsync(string path, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        return reply.Error is { Fault: ProviderFault.NotFound } ? null : reply.Required();
    }

    /// <summary>Removes what is at the path. What is not there is success.</summary>
    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(HttpMethod.Delete, path, null, cancellationToken);
        if (reply.Error is { Fault: not ProviderFault.NotFound })
            throw reply.Fault();
    }

    /// <summary>All items of a listing, of all pages. Throws rather than answer in part.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(
        string path, string key, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            // Where machines come and go, pages shift under the reader, and what slips from one to the other is seen on neither.
            if (await TryListAsync(path, key, read, cancellationToken) is { } items)
                return items;
            if (tries == ListTries)
                throw new ProviderException(ProviderFault.Transient, $"The listing of {key} changed while it was read, or was cut short.");
        }
    }

    public async Task<CloudReply> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _rateLimit.WaitAsync(cancellationToken);
        var token = _token.Read();
        using var timer = new CancellationTokenSource(_options.CallTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, _endpoint + path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.UserAgent.Add(UserAgent);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (body is not null)
                request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await _http.SendAsync(request, either.Token);
            return await ReadAsync(response, token, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Transient($"{_dialect.Provider} did not answer within {_options.CallTimeout.TotalSeconds:0.###} s.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Transient($"{_dialect.Provider} can't be reached: {Bounded(exception.Message, token)}", exception);
        }
    }

    /// <summary>Reads an answer; one that is not as documented is a fault that may pass.</summary>
    public T Read<T>(JsonElement body, Func<JsonElement, T> read)
    {
        try
        {
            return read(body);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw Transient($"{_dialect.Provider} gave an answer that can't be understood.", exception);
        }
    }

    private async Task<IReadOnlyList<T>?> TryListAsync<T>(
        string path, string key, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var items = new Dictionary<string, T>();
        int? total = null;
        for (var number = 1; number <= MaxPages; number++)
        {
            var body = await GetAsync($"{path}{separator}page={number}&per_page={_dialect.PageSize}", cancellationToken);
            var page = Read(body, _dialect.ReadPage);
            var listed = Read(
                body, root => root.GetProperty(key).EnumerateArray().Select(item => (Id: item.GetProperty("id").ToString(), Item: read(item))).ToList());
            if (page.Total != (total ??= page.Total) || !listed.All(entry => items.TryAdd(entry.Id, entry.Item)))
                return null;
            if (!page.HasNext)
                return total is null || items.Count == total ? [.. items.Values] : null;
            // A page with nothing on it promises another only by mistake.
            if (listed.Count == 0)
                return null;
        }
        return null;
    }

    private async Task<CloudReply> ReadAsync(HttpResponseMessage response, string token, CancellationToken cancellationToken)
    {
        var retryAfter = _rateLimit.Learn(response);
        if (response.Headers.Date is { } date)
            Volatile.Write(ref _ahead, (date - _time.GetUtcNow()).Ticks);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var body = Parse(bytes);
        if (response.IsSuccessStatusCode)
        {
            if (bytes.Length > 0 && body.ValueKind == JsonValueKind.Undefined)
                throw Transient($"{_dialect.Provider} gave an answer that is not JSON.");
            return new(response.StatusCode, body, null, retryAfter);
        }
        // Only the cloud's own word is believed: a proxy's page with 404 says nothing of machines.
        var told = body.ValueKind == JsonValueKind.Object ? Read(body, root => _dialect.ReadError(response.StatusCode, root)) : null;
        var error = told ?? new("", "", ProviderFault.Transient);
        if (body.ValueKind == JsonValueKind.Object)
            error = Sort(response.StatusCode, error);
        var code = error.Code.Length > 0 ? $"{error.Code}, " : "";
        var message = $"{Bounded(error.Message, token)} ({code}HTTP {(int)response.StatusCode} of {_dialect.Provider})".TrimStart();
        return new(response.StatusCode, body, error with { Message = message }, retryAfter);
    }

    private CloudError Sort(HttpStatusCode status, CloudError told) => status switch
    {
        HttpStatusCode.Unauthorized => TokenRefused(told),
        _ when told.Fault is ProviderFault.CapacityUnavailable => told,
        HttpStatusCode.Forbidden when told.Code is "" or "forbidden" or "unauthorized" or "token_readonly" => TokenRefused(told),
        HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => told with { Fault = ProviderFault.Transient },
        >= HttpStatusCode.InternalServerError => told with { Fault = ProviderFault.Transient },
        _ => told,
    };

    private CloudError TokenRefused(CloudError told) => told with
    {
        Fault = ProviderFault.Rejected,
        Message = $"The token was refused: check Token or TokenFile of Servers:Providers:{_dialect.Provider}. {told.Message}".TrimEnd(),
    };

    private static JsonElement Parse(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // No JSON is an answer too: a proxy's page, or an empty body.
            return default;
        }
    }

    private static string Bounded(string message, string token) =>
        Shown.Of(message.Replace(token, "***", StringComparison.Ordinal), maxLength: 300);

    private static ProviderException Transient(string message, Exception? inner = null) => new(ProviderFault.Transient, message, inner: inner);

    private static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        // A connection that is kept for good would never hear that the name points elsewhere.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseCookies = false,
    };
}
