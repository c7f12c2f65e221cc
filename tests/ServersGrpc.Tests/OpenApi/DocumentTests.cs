using System.Text.RegularExpressions;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Telemetry;

namespace ServersGrpc.Tests.OpenApi;

/// <summary>What the document says beside the contract: the version, addresses, tokens, statuses and headers.</summary>
public partial class DocumentTests
{
    private static readonly string[] Open = ["get /healthz", "get /version"];

    /// <summary>The HTTP status of each code that the contract's comments name.</summary>
    private static readonly Dictionary<string, string> StatusOf = new()
    {
        ["INVALID_ARGUMENT"] = "400",
        ["FAILED_PRECONDITION"] = "400",
        ["OUT_OF_RANGE"] = "400",
        ["UNAUTHENTICATED"] = "401",
        ["PERMISSION_DENIED"] = "403",
        ["NOT_FOUND"] = "404",
        ["ALREADY_EXISTS"] = "409",
        ["ABORTED"] = "409",
        ["RESOURCE_EXHAUSTED"] = "429",
        ["UNAVAILABLE"] = "503",
        ["DEADLINE_EXCEEDED"] = "504",
    };

    public static TheoryData<string> Operations => new(Document.Operations.Keys);

    [Fact]
    public void Version_Document_IsTheProducts() =>
        Assert.Equal(ServiceVersion.Read().Version, (string?)Document.Root["info"]!["version"]);

    [Fact]
    public void Servers_Document_AreRelative() =>
        Assert.Equal("""[{"url":"."}]""", Document.Root["servers"]!.ToJsonString());

    [Fact]
    public void States_Document_AreThoseOfTheEngine() =>
        Assert.Equal(ServerStates.All, Document.Schemas["State"]!["enum"]!.AsArray().Select(state => (string)state!));

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_Security_IsATokenButWhereThePathIsOpen(string operation)
    {
        Assert.Equal("""[{"token":[]}]""", Document.Root["security"]!.ToJsonString());
        Assert.Equal("bearer", (string?)Document.Root["components"]!["securitySchemes"]!["token"]!["scheme"]);
        // Without a word of its own an operation asks for what the document asks for.
        Assert.Equal(Open.Contains(operation) ? "[]" : null, Document.Operations[operation]["security"]?.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_Statuses_AreWhatItCanAnswer(string operation)
    {
        var described = Document.Operations[operation];
        var statuses = described["responses"]!.AsObject().Select(response => response.Key).ToList();

        string[] ofAll = [operation is "post /api/pause" or "post /api/resume" ? "204" : "200", "400", "default"];
        string[] ofTokens = Open.Contains(operation) ? [] : ["401", "403", "429", "503"];
        string[] ofBodies = described.ContainsKey("requestBody") ? ["413"] : [];
        Assert.Empty(ofAll.Concat(ofTokens).Concat(ofBodies).Except(statuses));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_ErrorsOfItsComment_AreStatuses(string operation)
    {
        var described = Document.Operations[operation];
        var paragraphs = ((string?)described["description"] ?? "").Split("\n\n");
        var errors = paragraphs.SingleOrDefault(paragraph => paragraph.StartsWith("Errors: ", StringComparison.Ordinal)) ?? "";

        var codes = Code().Matches(errors).Select(match => match.Value).Where(StatusOf.ContainsKey).ToList();

        Assert.Equal(((string)described["operationId"]!).StartsWith("ServerService_", StringComparison.Ordinal), codes.Count > 0);
        Assert.Empty(codes.Select(code => StatusOf[code]).Except(described["responses"]!.AsObject().Select(response => response.Key)));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_Answers_HaveTheirHeadersAndErrorsTheirForm(string operation)
    {
        Assert.All(Document.Operations[operation]["responses"]!.AsObject(), pair =>
        {
            var response = Document.Resolve(pair.Value);
            var headers = response["headers"]!.AsObject().Select(header => header.Key).ToList();
            Assert.Contains("x-request-id", headers);
            Assert.Equal(pair.Key == "401", headers.Contains("WWW-Authenticate"));
            Assert.Equal(pair.Key is "429" or "503", headers.Contains("Retry-After"));
            Assert.Equal(operation == "get /api/servers" && pair.Key == "200", headers.Contains("Link"));
            if (!pair.Key.StartsWith('2'))
                Assert.Equal("#/components/schemas/Status", (string?)response["content"]!["application/json"]!["schema"]!["$ref"]);
        });
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_Summary_IsItsFirstWords(string operation)
    {
        var described = Document.Operations[operation];
        var summary = (string?)described["summary"];

        Assert.NotEqual("", summary ?? "");
        Assert.DoesNotMatch("[.]$", summary);
        if (((string)described["operationId"]!).StartsWith("ServerService_", StringComparison.Ordinal))
            Assert.StartsWith(summary!, (string?)described["description"], StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptions_Everything_HasOne()
    {
        var parameters = Document.Operations.Values.SelectMany(operation => operation["parameters"]?.AsArray() ?? []);
        var properties = Document.Schemas.SelectMany(schema => schema.Value!["properties"]?.AsObject().ToList() ?? [])
            .Where(property => property.Key != "@type" && property.Value!["const"] is null)
            .Select(property => property.Value);

        Assert.All(
            parameters.Concat(properties).Concat(Document.Schemas.Select(schema => schema.Value)),
            described => Assert.NotEqual("", (string?)described!["description"] ?? ""));
    }

    [GeneratedRegex("[A-Z]+(_[A-Z]+)*")]
    private static partial Regex Code();
}
