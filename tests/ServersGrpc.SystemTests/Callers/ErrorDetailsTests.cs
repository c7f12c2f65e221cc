using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>A client that knows the contract by reflection alone reads what errors are made of, not their bytes.</summary>
public sealed class ErrorDetailsTests(SharedService shared) : IClassFixture<SharedService>
{
    private ServiceProcess Service => shared.Service;

    [Theory]
    [InlineData(nameof(GrpcClient.Python))]
    [InlineData(nameof(GrpcClient.PythonAlpha))]
    public async Task Call_Fails_DetailsAreDecodedByReflection(string client)
    {
        var missing = (await GrpcClient.Named(client).FailAsync(Service, "get", new { name = "nobody" }))["status"]!;
        var invalid = (await GrpcClient.Named(client).FailAsync(Service, "provision", new { name = "Upper", capacity = -1 }))["status"]!;

        var info = Assert.Single(missing["details"]!.AsArray())!;
        Assert.Equal((5, "There is no server named \"nobody\"."), ((int)missing["code"]!, (string?)missing["message"]));
        Assert.Equal("type.googleapis.com/google.rpc.ErrorInfo", (string?)info["@type"]);
        Assert.Equal(
            ("SERVER_NOT_FOUND", "servers-grpc", "nobody"),
            ((string?)info["reason"], (string?)info["domain"], (string?)info["metadata"]!["name"]));
        Assert.Equal(["name", "capacity"], FieldsOf(invalid["details"]![1]!));
    }

    private static IEnumerable<string?> FieldsOf(JsonNode badRequest) =>
        badRequest["field_violations"]!.AsArray().Select(violation => (string?)violation!["field"]);
}
