using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>What tests ask the service for on the way to what they are about. Each call must succeed.</summary>
internal static class ServerCalls
{
    public static async Task<ServerView> ProvisionAsync(this ServiceProcess service, string name)
    {
        using var response = await service.Http.PostAsJsonAsync("/api/servers", new { name });
        return ServerView.Parse(await BodyAsync(response));
    }

    public static async Task<ServerView> TerminateAsync(this ServiceProcess service, string name, string query = "")
    {
        using var response = await service.Http.DeleteAsync($"/api/servers/{name}{query}");
        return ServerView.Parse(await BodyAsync(response));
    }

    public static async Task<ServerView> RotateAsync(this ServiceProcess service, string name)
    {
        using var response = await service.Http.PostAsync($"/api/servers/{name}:rotate-credentials", content: null);
        return ServerView.Parse(await BodyAsync(response));
    }

    /// <summary>Asks a server whether it answers to these credentials, as its users do.</summary>
    public static async Task<CurlResponse> PingAsync(this ServerView server)
    {
        using var pems = new Pems(server);
        return await Curl.SendAsync(
            "--cacert", pems.CaCertificate, "--cert", pems.Certificate, "--key", pems.Key,
            "--resolve", $"{server.Name}:2376:{server.Address}", $"https://{server.Name}:2376/_ping");
    }

    /// <summary>The same by its address, which the certificate must be for.</summary>
    public static async Task<CurlResponse> PingByAddressAsync(this ServerView server)
    {
        using var pems = new Pems(server);
        return await Curl.SendAsync(
            "--cacert", pems.CaCertificate, "--cert", pems.Certificate, "--key", pems.Key, $"https://{server.Address}:2376/_ping");
    }

    public static async Task<ServerView> GetAsync(this ServiceProcess service, string name)
    {
        using var response = await service.Http.GetAsync($"/api/servers/{name}");
        return ServerView.Parse(await BodyAsync(response));
    }

    public static async Task<IReadOnlyList<ServerView>> ListAsync(this ServiceProcess service)
    {
        using var response = await service.Http.GetAsync("/api/servers");
        return ServerView.ParseList(await BodyAsync(response));
    }

    /// <summary>The reasons of a server's events, oldest first, but for those of who only read of it.</summary>
    public static async Task<IReadOnlyList<string>> ReasonsAsync(this ServiceProcess service, string name)
    {
        using var response = await service.Http.GetAsync($"/api/servers/{name}/events");
        return [.. JsonNode.Parse(await BodyAsync(response))!.AsArray().Select(item => (string)item!["reason"]!).Where(reason => reason != "SecretsRead")];
    }

    public static async Task PauseAsync(this ServiceProcess service)
    {
        using var response = await service.Http.PostAsync("/api/pause", content: null);
        await BodyAsync(response);
    }

    public static async Task ResumeAsync(this ServiceProcess service)
    {
        using var response = await service.Http.PostAsync("/api/resume", content: null);
        await BodyAsync(response);
    }

    public static Task<ServerView> BecomesAsync(this ServiceProcess service, string name, string state) =>
        Eventually.SeeAsync(() => service.GetAsync(name), server => server.State == state, $"{name} is {state}");

    public static async Task<ServerView> ProvisionRunningAsync(this ServiceProcess service, string name)
    {
        await service.ProvisionAsync(name);
        return await service.BecomesAsync(name, "running");
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage} was answered {(int)response.StatusCode}: {body}");
        return body;
    }
}
