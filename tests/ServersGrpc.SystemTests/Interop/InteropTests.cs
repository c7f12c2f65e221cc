using ServersGrpc.SystemTests.Harness;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ServersGrpc.SystemTests.Interop;

/// <summary>gRPC's public interoperability tests, driven by libraries that nobody here wrote. The cases are in tests/clients.</summary>
public sealed class InteropTests(InteropHost host) : IClassFixture<InteropHost>
{
    private const string Node = "node";
    private const string Python = "/usr/bin/python3";

    public static TheoryData<string> Cases => new(
        "empty_unary",
        "large_unary",
        "server_streaming",
        "client_streaming",
        "ping_pong",
        "empty_stream",
        "client_compressed_unary",
        "server_compressed_unary",
        "server_compressed_streaming",
        "client_compressed_streaming",
        "custom_metadata",
        "status_code_and_message",
        "special_status_message",
        "unimplemented_method",
        "unimplemented_service",
        "cancel_after_begin",
        "cancel_after_first_response",
        "timeout_on_sleeping_server");

    [Theory]
    [MemberData(nameof(Cases))]
    public Task JavaScript_Case_Passes(string name) => PassesAsync(Node, "interop.mjs", name);

    [Theory]
    [MemberData(nameof(Cases))]
    [InlineData("health_check")]
    public Task Python_Case_Passes(string name) => PassesAsync(Python, "interop.py", name);

    [Theory]
    [InlineData(Node, "interop.mjs")]
    [InlineData(Python, "interop.py")]
    public async Task Client_NoSuchCase_Fails(string program, string script) =>
        Assert.NotEqual(0, (await RunAsync(program, script, "no_such_case")).ExitCode);

    [Fact]
    public async Task Python_HealthWatch_IsToldEveryChange()
    {
        const string Service = "watched";
        await using var watch = ExternalCommand.Start(Python, Arguments("interop.py", "health_watch"));

        Assert.Equal("SERVICE_UNKNOWN", await ReadLineAsync(watch));
        host.Health.SetStatus(Service, ServingStatus.Serving);
        Assert.Equal("SERVING", await ReadLineAsync(watch));
        host.Health.SetStatus(Service, ServingStatus.NotServing);
        Assert.Equal("NOT_SERVING", await ReadLineAsync(watch));
        host.Health.ClearStatus(Service);
        Assert.Equal("SERVICE_UNKNOWN", await ReadLineAsync(watch));

        Assert.Equal(0, await watch.WaitAsync());
    }

    private static Task<string?> ReadLineAsync(ExternalCommand command) => command.Output.ReadLineAsync().WaitAsync(Eventually.Patience);

    private async Task PassesAsync(string program, string script, string name)
    {
        var result = await RunAsync(program, script, name);
        Assert.True(result.ExitCode == 0, $"{script} {name} ended with {result.ExitCode}: {result.Error}");
    }

    private Task<CommandResult> RunAsync(string program, string script, string name) =>
        ExternalCommand.RunAsync(program, Arguments(script, name));

    private string[] Arguments(string script, string name) => [Path.Combine(Repository.Clients, script), host.Authority, name];
}
