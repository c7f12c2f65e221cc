using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.Tests.FakeClouds;

/// <summary>A test with a FakeCloud of its own.</summary>
public abstract class FakeCloudTest : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    internal FakeCloudHost Cloud { get; private set; } = null!;

    internal FakeCloudClient Fake => Cloud.Client;

    public async Task InitializeAsync() => Cloud = await FakeCloudHost.StartAsync();

    public async Task DisposeAsync() => await Cloud.DisposeAsync();

    /// <summary>A call that is answered with this status; the body, or null where there is none.</summary>
    private protected static async Task<JsonNode?> CallAsync(
        HttpClient cloud, HttpMethod method, string path, JsonNode? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await cloud.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private protected static async Task<JsonNode> GetAsync(HttpClient cloud, string path) =>
        (await CallAsync(cloud, HttpMethod.Get, path))!;

    /// <summary>Looks until the condition holds.</summary>
    private protected static async Task<T> SeeAsync<T>(Func<Task<T>> look, Func<T, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var seen = await look();
            if (condition(seen)) return seen;
            Assert.False(patience.IsCancellationRequested, $"Last seen: {(seen as Exception)?.Message ?? JsonSerializer.Serialize(seen)}");
            await Task.Delay(Pause);
        }
    }

    private protected Task<JsonNode> CreateServerAsync(string name, Action<JsonObject>? change = null) =>
        CreateAsync(Cloud.Hetzner, "servers", HttpStatusCode.Created, Server(name), change);

    private protected Task<JsonNode> CreateDropletAsync(string name, Action<JsonObject>? change = null) =>
        CreateAsync(Cloud.DigitalOcean, "droplets", HttpStatusCode.Accepted, Droplet(name), change);

    private protected static JsonObject Server(string name) =>
        new() { ["name"] = name, ["server_type"] = "cx23", ["image"] = "debian-12", ["location"] = "fsn1" };

    private protected static JsonObject Droplet(string name) =>
        new() { ["name"] = name, ["size"] = "s-1vcpu-1gb", ["image"] = "debian-12-x64", ["region"] = "fra1" };

    private static async Task<JsonNode> CreateAsync(
        HttpClient cloud, string path, HttpStatusCode status, JsonObject body, Action<JsonObject>? change)
    {
        change?.Invoke(body);
        return (await CallAsync(cloud, HttpMethod.Post, path, body, status))!;
    }
}
