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
    private const int InvalidArgument = 3;
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
              {"file_containing_symbol": "servers.v1.Server.address"},
              {"file_containing_extension": {"containing_type": "google.protobuf.MethodOptions", "extension_number": {{HttpRule}} } },
              {"all_extension_numbers_of_type": "google.protobuf.MethodOptions"},
              {"all_extension_numbers_of_type": "servers.v1.Server"},
              {"file_by_filename": "none.proto"},
              {"file_containing_symbol": "servers.v1.None"},
              {"file_containing_extension": {"containing_type": "google.protobuf.MethodOptions", "extension_number": 1} },
              {"all_extension_numbers_of_type": "servers.v1.None"},
              {},
              {"file_by_filename": "{{Annotations}}"}
            ]
            """)!.AsArray();

        var answers = await AskAsync(version, questions);

        Assert.Equal(questions.Select(question => question!.ToJsonString()), answers.Select(answer => answer["original_request"]!.ToJsonString()));
        Assert.Equal("me", (string?)answers[0]["valid_host"]);
        Assert.Contains("servers.v1.ServerService", answers[0]["list_services_response"]!["service"]!.AsArray().Select(service => (string?)service!["name"]));
        Assert.All(answers[1..5], answer => Assert.Equal(Contract, Files(answer)[0]));
        Assert.Contains("google/protobuf/descriptor.proto", Files(answers[1]));
        Assert.All((JsonNode[])[answers[5], answers[13]], answer => Assert.Equal(Annotations, Files(answer)[0]));
        Assert.Equal([HttpRule], answers[6]["all_extension_numbers_response"]!["extension_number"]!.AsArray().Select(number => (int)number!));
        Assert.Equal("servers.v1.Server", (string?)answers[7]["all_extension_numbers_response"]!["base_type_name"]);
        Assert.All(answers[8..12], answer => Assert.Equal(NotFound, ErrorCode(answer)));
        Assert.Equal(InvalidArgument, ErrorCode(answers[12]));
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
