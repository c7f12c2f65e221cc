using System.Globalization;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Client;

/// <summary>Steers a FakeCloud from a test, in this process or another.</summary>
public sealed class FakeCloudClient : IDisposable
{
    private const string Prefix = "/_fake";

    private readonly HttpClient _http;

    /// <param name="address">Where the FakeCloud listens.</param>
    public FakeCloudClient(Uri address)
    {
        Address = address;
        // A gate may be waited for as long as the caller's token allows.
        _http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Address { get; }

    /// <summary>What the provider "hetznercloud" is given as its endpoint.</summary>
    public Uri HetznerEndpoint => new(Address, "/v1");

    /// <summary>What the provider "digitalocean" is given as its endpoint.</summary>
    public Uri DigitalOceanEndpoint => new(Address, "/v2");

    public Task<FakeCloudSettings> GetSettingsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<FakeCloudSettings>("/settings", cancellationToken);

    public Task SetSettingsAsync(FakeCloudSettings settings, CancellationToken cancellationToken = default) =>
        SendAsync<FakeCloudSettings>(HttpMethod.Put, "/settings", settings, cancellationToken);

    /// <summary>Arms a fault.</summary>
    public Task<FaultState> FailAsync(Fault rule, CancellationToken cancellationToken = default) =>
        SendAsync<FaultState>(HttpMethod.Post, "/faults", rule, cancellationToken);

    public Task<List<FaultState>> GetFaultsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<List<FaultState>>("/faults", cancellationToken);

    /// <summary>Takes a fault back, and lets go what it holds.</summary>
    public Task ClearFaultAsync(long id, CancellationToken cancellationToken = default) =>
        SendAsync<bool>(HttpMethod.Delete, $"/faults/{id}", body: null, cancellationToken);

    /// <summary>Takes all faults and the chaos back, and lets go what they hold.</summary>
    public Task ClearFaultsAsync(CancellationToken cancellationToken = default) =>
        SendAsync<bool>(HttpMethod.Delete, "/faults", body: null, cancellationToken);

    public Task StartChaosAsync(Chaos chaos, CancellationToken cancellationToken = default) =>
        SendAsync<Chaos>(HttpMethod.Put, "/chaos", chaos, cancellationToken);

    public Task StopChaosAsync(CancellationToken cancellationToken = default) =>
        SendAsync<bool>(HttpMethod.Delete, "/chaos", body: null, cancellationToken);

    /// <summary>Sets up a gate; its id.</summary>
    public async Task<long> AddGateAsync(GateOrder order, CancellationToken cancellationToken = default) =>
        (await SendAsync<GateState>(HttpMethod.Post, "/gates", order, cancellationToken)).Id;

    /// <summary>Ends when a call stands before the gate.</summary>
    public async Task<LoggedCall> WaitAtGateAsync(long gate, CancellationToken cancellationToken = default) =>
        (await GetAsync<GateState>($"/gates/{gate}/wait", cancellationToken)).Call!;

    /// <summary>Takes the gate away; the call before it goes on, whether its caller still lives or not.</summary>
    public Task OpenGateAsync(long gate, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"/gates/{gate}/open", cancellationToken);

    /// <summary>Takes the gate away and cuts the call before it off: at <see cref="CallPoint.Before"/> nothing is done.</summary>
    public Task DropGateAsync(long gate, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"/gates/{gate}", cancellationToken);

    /// <summary>Takes all gates away and cuts the calls before them off.</summary>
    public Task DropGatesAsync(CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Delete, "/gates", cancellationToken);

    /// <summary>What costs money, and did.</summary>
    /// <param name="cloud">"hetznercloud" or "digitalocean"; null: both.</param>
    public Task<Bill> GetBillAsync(string? cloud = null, CancellationToken cancellationToken = default) =>
        GetAsync<Bill>("/billing" + Query(cloud), cancellationToken);

    /// <summary>Every machine that was ever made, the oldest first.</summary>
    /// <param name="cloud">"hetznercloud" or "digitalocean"; null: both.</param>
    public Task<List<BilledMachine>> GetMachinesAsync(string? cloud = null, CancellationToken cancellationToken = default) =>
        GetAsync<List<BilledMachine>>("/machines" + Query(cloud), cancellationToken);

    /// <summary>What a living machine was sent.</summary>
    public Task<string> GetUserDataAsync(long machine, CancellationToken cancellationToken = default) =>
        _http.GetStringAsync($"{Prefix}/machines/{machine}/user-data", cancellationToken);

    /// <summary>Does something to a machine behind the cloud's back. False: there is no such living machine.</summary>
    public Task<bool> ChangeAsync(long machine, MachineChange change, CancellationToken cancellationToken = default) =>
        SendAsync<bool>(HttpMethod.Post, $"/machines/{machine}/{change}", body: null, cancellationToken);

    /// <summary>The calls of this run of the process after one, in their order; the last 100,000 at most.</summary>
    public Task<List<LoggedCall>> GetCallsAsync(long since = 0, CancellationToken cancellationToken = default) =>
        GetAsync<List<LoggedCall>>(string.Create(CultureInfo.InvariantCulture, $"/calls?since={since}"), cancellationToken);

    /// <summary>How often each route was called, over all restarts, by "cloud route".</summary>
    public Task<Dictionary<string, long>> GetCallCountsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<Dictionary<string, long>>("/counts", cancellationToken);

    public void Dispose() => _http.Dispose();

    private static string Query(string? cloud) => cloud is null ? "" : $"?cloud={cloud}";

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<T>(Prefix + path, Json.Options, cancellationToken))!;

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, Prefix + path);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: Json.Options);
        using var response = await _http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>(Json.Options, cancellationToken))!;
    }

    private async Task SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, Prefix + path);
        using var response = await _http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
