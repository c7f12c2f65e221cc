using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests;

/// <summary>Every kind of question about the real contract, from Debian's python3-grpcio, in both versions of the protocol.</summary>
public sealed class ReflectionTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string Contract = "servers/v1/servers.proto";
    private const string Annotations = "google/api/annotations.proto";
    private const int HttpRule = 72295728;
    private const int Unimplemented = 12;
    private const int NotFound = 5;

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task Ask_EveryKindOnOneStream_IsAnsweredInOrder(string version)
    {
        var questions = JsonNode.Parse($$"""
            [
              {"host": "me", "list_services": ""},
              {"file_by_filename": "{{Contract}}"},
              {"file_containing_symbol": "servers.v1.ServerService"},
              {"file_containing_symbol": "servers.v1.ServerService.WatchServers"},
              {"file_containing_symbol": "servers.v1.Server"},
              {"file_by_filename": "none.proto"},
              {"file_containing_symbol": "servers.v1.None"},
              {"all_extension_numbers_of_type": "google.protobuf.MethodOptions"},
              {"file_by_filename": "{{Annotations}}"},
              {"file_containing_symbol": "google.rpc.ErrorInfo"},
              {"file_containing_symbol": "google.rpc.Status"},
              {"file_containing_extension": {"containing_type": "google.protobuf.MethodOptions", "extension_number": {{HttpRule}} } },
              {}
            ]
            """)!.AsArray();

        var answers = await AskAsync(version, questions);

        Assert.Equal(questions.Count, answers.Length);
        Assert.Contains("servers.v1.ServerService", answers[0]["list_services_response"]!["service"]!.AsArray().Select(service => (string?)service!["name"]));
        Assert.All(answers[1..5], answer => Assert.Equal(Contract, Files(answer)[0]));
        Assert.Contains("google/protobuf/descriptor.proto", Files(answers[1]));
        Assert.Equal(Annotations, Files(answers[8])[0]);
        // Without these, clients that know the contract by reflection alone can't read what an error is made of.
        Assert.Equal("google/rpc/error_details.proto", Files(answers[9])[0]);
        Assert.Equal("google/rpc/status.proto", Files(answers[10])[0]);
        Assert.All(answers[5..7], answer => Assert.Equal(NotFound, ErrorCode(answer)));
        // Kinds of question that the package does not answer.
        Assert.All((JsonNode[])[answers[7], answers[11], answers[12]], answer => Assert.Equal(Unimplemented, ErrorCode(answer)));
    }

    private static string[] Files(JsonNode answer) => [.. answer["file_descriptor_response"]!.AsArray().Select(file => (string)file!)];

    private static int ErrorCode(JsonNode answer) => (int)answer["error_response"]!["error_code"]!;

    private async Task<JsonNode[]> AskAsync(string version, JsonArray questions)
    {
        var service = shared.Service;
        var result = await ExternalCommand.RunAsync(
            "/usr/bin/python3",
            [Path.Combine(Repository.Clients, "introspect.py"), new Uri(service.Address).Authority, version, JsonSerializer.Serialize(questions)],
            new Dictionary<string, string> { ["AUTHORIZATION"] = $"Bearer {service.Token}" });
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
