using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>One of the independent clients in tests/clients, which all take the same arguments and print the same lines.</summary>
internal sealed class GrpcClient
{
    private readonly string _program;
    private readonly string[] _arguments;

    private GrpcClient(string program, params string[] arguments)
    {
        _program = program;
        _arguments = arguments;
    }

    /// <summary>@grpc/grpc-js from npm.</summary>
    public static GrpcClient JavaScript { get; } = new("node", Path.Combine(Repository.Clients, "client.mjs"));

    /// <summary>Debian's python3-grpcio, which knows the contract by reflection v1 alone.</summary>
    public static GrpcClient Python { get; } = new("/usr/bin/python3", Path.Combine(Repository.Clients, "client.py"));

    /// <summary>The same by reflection v1alpha.</summary>
    public static GrpcClient PythonAlpha { get; } =
        new("/usr/bin/python3", Path.Combine(Repository.Clients, "client.py"), "--reflection", "v1alpha");

    public static GrpcClient Named(string name) => name switch
    {
        nameof(JavaScript) => JavaScript,
        nameof(Python) => Python,
        nameof(PythonAlpha) => PythonAlpha,
        _ => throw new ArgumentException($"No client {name}.", nameof(name)),
    };

    /// <summary>Starts a call; its replies are the lines of the output.</summary>
    public ExternalCommand Start(
        ServiceProcess service, string command, object? request = null, int? messages = null, string? authorization = null) =>
        ExternalCommand.Start(
            _program,
            [
                .. _arguments,
                new Uri(service.Address).Authority,
                command,
                JsonSerializer.Serialize(request ?? new { }),
                .. messages is { } count ? new[] { $"{count}" } : [],
            ],
            new Dictionary<string, string> { ["AUTHORIZATION"] = authorization ?? $"Bearer {service.Token}" });

    /// <summary>A call that must succeed, with all its replies.</summary>
    public async Task<IReadOnlyList<JsonNode>> CallAsync(
        ServiceProcess service, string command, object? request = null, int? messages = null)
    {
        var (exitCode, lines) = await RunAsync(service, command, request, messages, authorization: null);
        Assert.True(exitCode == 0, $"{command} failed: {string.Join(Environment.NewLine, lines)}");
        return lines;
    }

    /// <summary>A call that must fail, with its status: "code", "details", "metadata".</summary>
    public async Task<JsonNode> FailAsync(
        ServiceProcess service, string command, object? request = null, string? authorization = null)
    {
        var (exitCode, lines) = await RunAsync(service, command, request, messages: null, authorization);
        Assert.True(exitCode == 1, $"{command} ended with {exitCode}: {string.Join(Environment.NewLine, lines)}");
        return lines[^1];
    }

    private async Task<(int ExitCode, IReadOnlyList<JsonNode> Lines)> RunAsync(
        ServiceProcess service, string command, object? request, int? messages, string? authorization)
    {
        await using var call = Start(service, command, request, messages, authorization);
        var lines = new List<JsonNode>();
        while (await call.Output.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line) lines.Add(JsonNode.Parse(line)!);
        return (await call.WaitAsync(), lines);
    }
}
