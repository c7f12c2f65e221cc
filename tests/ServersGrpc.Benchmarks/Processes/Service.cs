using System.Text.Json;

namespace ServersGrpc.Benchmarks.Processes;

/// <summary>The service as its users run it, on a data directory of its own or a given one, and a client that has its token.</summary>
internal sealed class Service : IDisposable
{
    private readonly string _token;

    private Service(ServerProcess process, string token)
    {
        Process = process;
        _token = token;
        Http = new() { BaseAddress = new(process.Address), DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
    }

    public ServerProcess Process { get; }

    public HttpClient Http { get; }

    /// <summary>For h2load.</summary>
    public string AuthorizationHeader => $"authorization: Bearer {_token}";

    public static Task<Service> StartAsync(string dataDirectory, params IReadOnlyList<string> options) =>
        StartAsync(dataDirectory, metered: false, options);

    /// <param name="dataDirectory">Where its data is.</param>
    /// <param name="metered">Whether it is to count what it allocates.</param>
    /// <param name="options">More arguments.</param>
    public static async Task<Service> StartAsync(string dataDirectory, bool metered, params IReadOnlyList<string> options) =>
        await FromAsync(await ServerProcess.StartOwnAsync("ServersGrpc", metered, [.. Arguments(dataDirectory), .. options]), dataDirectory);

    /// <summary>Starts the service without its check of callers.</summary>
    public static async Task<Service> StartOpenAsync(string dataDirectory) => await FromAsync(
        await ServerProcess.StartOwnAsync("ServersGrpc.Benchmarks", metered: false, [OpenServer.Subcommand, .. Arguments(dataDirectory)]), dataDirectory);

    private static string[] Arguments(string dataDirectory) => ["--urls", "http://127.0.0.1:0", $"--Servers:DataDirectory={dataDirectory}"];

    private static async Task<Service> FromAsync(ServerProcess process, string dataDirectory) =>
        new(process, (await File.ReadAllTextAsync(Path.Combine(dataDirectory, "admin.token"))).Trim());

    public string Url(string path) => Process.Address + path;

    /// <summary>Stops the starting of instances: what is measured then is the API alone.</summary>
    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        using var response = await Http.PostAsync("/api/pause", null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Asks for a server; returns its name.</summary>
    public async Task<string> ProvisionAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await Http.PostAsJsonAsync("/api/servers", new { name }, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var server = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
        return server.RootElement.GetProperty("name").GetString()!;
    }

    public void Dispose()
    {
        Http.Dispose();
        Process.Dispose();
    }
}
