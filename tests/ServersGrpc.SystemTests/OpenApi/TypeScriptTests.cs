using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.OpenApi;

/// <summary>TypeScript that is generated from the document compiles, and calls every operation.</summary>
public class TypeScriptTests(ITestOutputHelper output) : ServiceTest(output)
{
    private static readonly string Modules = Path.Combine(Repository.Clients, "node_modules");

    [Fact]
    public async Task Client_GeneratedFromTheDocument_CompilesAndCallsEveryOperation()
    {
        var client = await CompileAsync();

        var seen = JsonNode.Parse(await RunAsync("node", client, Service.Address, Service.Token))!;

        Assert.Equal("OK", (string?)seen["health"]);
        Assert.NotEqual("", (string?)seen["version"]);
        Assert.Equal("TOKEN_MISSING", (string?)seen["refused"]);
        Assert.Equal("""["typed","pending",3,"ci"]""", seen["provisioned"]!.ToJsonString());
        Assert.Equal("""["name"]""", seen["invalid"]!.ToJsonString());
        Assert.Equal("""["typed"]""", seen["list"]!.ToJsonString());
        Assert.Equal("""["added","typed"]""", seen["change"]!.ToJsonString());
        Assert.Equal("ProvisionRequested", (string?)seen["events"]![0]);
        Assert.Equal("""[32,32,true]""", seen["rotated"]!.ToJsonString());
        Assert.Equal("""[204,true,204]""", seen["paused"]!.ToJsonString());
        Assert.True((bool)seen["metrics"]!);
        Assert.Equal("typed", (string?)seen["terminated"]);
        Assert.True((bool)seen["stopped"]!);
        Assert.Equal("""[5,"SERVER_NOT_FOUND"]""", seen["missing"]!.ToJsonString());
    }

    [Fact]
    public async Task Client_Source_NamesEveryOperationOfTheDocument()
    {
        var source = await File.ReadAllTextAsync(Source());
        var document = JsonNode.Parse(await DocumentClient.DocumentAsync(Service))!;

        var called = from path in document["paths"]!.AsObject()
                     from operation in path.Value!.AsObject()
                     select $".{operation.Key.ToUpperInvariant()}('{path.Key}'";
        Assert.All(called, call => Assert.Contains(call, source, StringComparison.Ordinal));
    }

    private static string Source() => Path.Combine(Repository.Clients, "typescript", "client.mts");

    /// <summary>
    /// Makes the types from the document that the service serves, and compiles the client with them. It works in the service's directory,
    /// which is removed with it.
    /// </summary>
    private async Task<string> CompileAsync()
    {
        var directory = Directory.CreateDirectory(Path.Combine(Service.DataDirectory, "typescript")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(directory, "node_modules"), Modules);
        var (document, client) = (Path.Combine(directory, "openapi.json"), Path.Combine(directory, "client.mts"));
        await File.WriteAllTextAsync(document, await DocumentClient.DocumentAsync(Service));
        File.Copy(Source(), client);

        await RunAsync(Tool("openapi-typescript"), document, "--output", Path.Combine(directory, "schema.d.mts"));
        await RunAsync(
            Tool("tsc"), "--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes",
            "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable", client);
        return Path.Combine(directory, "client.mjs");
    }

    private static string Tool(string name) => Path.Combine(Modules, ".bin", name);

    private static async Task<string> RunAsync(string file, params string[] arguments)
    {
        var result = await ExternalCommand.RunAsync(file, arguments);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return result.Output;
    }
}
