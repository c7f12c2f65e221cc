using System.Text.Json.Nodes;

namespace ServersGrpc.Tests.Rpc.OpenApi;

/// <summary>How methods and their HTTP rules are described.</summary>
public sealed class OperationTests(OpenApiDocumentFixture fixture) : IClassFixture<OpenApiDocumentFixture>
{
    private static readonly string[] FixedMethods = ["get", "put", "post", "delete", "patch"];

    [Fact]
    public void Document_Top_SaysWhatTheContractAndTheOptionsSay()
    {
        var document = fixture.Document;

        Assert.StartsWith("3.1.", (string?)document["openapi"], StringComparison.Ordinal);
        Assert.Equal(("Tests", "1.2.3", "completed"),
            ((string?)document["info"]!["title"], (string?)document["info"]!["version"], (string?)document["info"]!["summary"]));
        Assert.StartsWith(
            "A gallery of everything that a contract can say.\n\nTold in two paragraphs, the second of two lines.",
            (string?)document["info"]!["description"], StringComparison.Ordinal);
        Assert.Equal("/", (string?)document["servers"]![0]!["url"]);
        Assert.Equal("Shows pictures.", (string?)document["tags"]![0]!["description"]);
        Assert.Equal("""[{"token":[]}]""", document["security"]!.ToJsonString());
        Assert.Equal("bearer", (string?)document["components"]!["securitySchemes"]!["token"]!["scheme"]);
    }

    [Fact]
    public void Paths_OfEveryRule_AreThere()
    {
        string[] expected =
        [
            "get /v1/rooms/{name_1}/pictures/{name_2} Gallery_GetPicture",
            "get /v1/pictures/{name} Gallery_GetPicture_2",
            "put /v1/pictures/{name} Gallery_HangPicture_2",
            "get /v1/files/{name} Gallery_GetPicture_3",
            "get /v1/any/{segment_3}/{frame.size}:framed Gallery_GetPicture_4",
            "get /v1/masterpiece Gallery_GetPicture_5",
            "get /v1/pictures Gallery_ListPictures",
            "post /v1/pictures Gallery_HangPicture",
            "patch /v1/pictures/{title}/frame Gallery_HangPicture_3",
            "get /v1/visitors:watch Gallery_Watch",
            "get /v1/look Gallery_Look_GET",
            "put /v1/look Gallery_Look_PUT",
            "post /v1/look Gallery_Look_POST",
            "delete /v1/look Gallery_Look_DELETE",
            "patch /v1/look Gallery_Look_PATCH",
        ];

        var described = from path in fixture.Document["paths"]!.AsObject()
                        from method in FixedMethods
                        let operation = path.Value![method]
                        where operation is not null && (string?)operation["tags"]![0] == "Gallery"
                        select $"{method} {path.Key} {operation["operationId"]}";

        Assert.Equal(expected.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void OperationIds_AreUnique()
    {
        var ids = from path in fixture.Document["paths"]!.AsObject()
                  from operation in path.Value!.AsObject()
                  where operation.Value!["operationId"] is not null
                  select (string)operation.Value!["operationId"]!;

        Assert.Equal(ids.Distinct(), ids);
    }

    [Theory]
    [InlineData("get", "/v1/rooms/{name_1}/pictures/{name_2}", "name_1 name_2")]
    [InlineData("get", "/v1/pictures/{name}", "name")]
    [InlineData("put", "/v1/pictures/{name}", "name")]
    [InlineData("get", "/v1/files/{name}", "name")]
    [InlineData("get", "/v1/any/{segment_3}/{frame.size}:framed", "segment_3 frame.size")]
    [InlineData("get", "/v1/masterpiece", "")]
    [InlineData("get", "/v1/pictures", "")]
    public void PathParameters_AreThoseOfThePath(string method, string path, string names)
    {
        var parameters = Parameters(method, path, "path");

        Assert.Equal(names, string.Join(' ', parameters.Select(parameter => parameter["name"])));
        Assert.All(parameters, parameter => Assert.True((bool)parameter["required"]!));
    }

    [Theory]
    [InlineData("get", "/v1/pictures/{name}", "frame.size mask lights limit")]
    [InlineData("get", "/v1/any/{segment_3}/{frame.size}:framed", "name mask lights limit")]
    [InlineData("get", "/v1/masterpiece", "frame.size mask lights limit")]
    [InlineData("post", "/v1/pictures", "")]
    [InlineData("get", "/v1/visitors:watch", "sinceRevision")]
    public void QueryParameters_AreTheFieldsThatNothingElseSets(string method, string path, string names)
    {
        var parameters = Parameters(method, path, "query");

        Assert.Equal(names, string.Join(' ', parameters.Select(parameter => parameter["name"])));
        Assert.All(parameters, parameter => Assert.Null(parameter["required"]));
    }

    [Theory]
    [InlineData("/v1/pictures/{name}", "name", """{"type":"string"}""", "Which one.")]
    [InlineData("/v1/any/{segment_3}/{frame.size}:framed", "frame.size", """{"type":"integer","format":"int32"}""", "In centimeters.")]
    [InlineData("/v1/any/{segment_3}/{frame.size}:framed", "segment_3", """{"type":"string"}""", "Anything.")]
    [InlineData("/v1/rooms/{name_1}/pictures/{name_2}", "name_2", """{"type":"string"}""", "A part of name.")]
    [InlineData("/v1/pictures/{name}", "limit", """{"type":"integer","format":"int32"}""", null)]
    [InlineData("/v1/pictures/{name}", "lights", """{"type":"array","items":{"$ref":"#/components/schemas/Light"}}""", null)]
    [InlineData("/v1/visitors:watch", "Last-Event-ID", """{"minimum":0,"type":"integer","format":"uint64"}""",
        "The id of the last server-sent event that was seen: the same as sinceRevision, and wins over it.")]
    public void Parameter_Schema_IsThatOfItsText(string path, string name, string schema, string? description)
    {
        var parameter = fixture.Operation("get", path)["parameters"]!.AsArray().Single(parameter => (string?)parameter!["name"] == name)!;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(schema), parameter["schema"]), parameter.ToJsonString());
        Assert.Equal(description, (string?)parameter["description"]);
    }

    [Fact]
    public void Parameter_Repeated_IsGivenOnceAValue()
    {
        var lights = Parameters("get", "/v1/pictures/{name}", "query").Single(parameter => (string?)parameter["name"] == "lights");

        // What the specification says where a parameter of a query does not.
        Assert.Equal(("form", true), ((string?)lights["style"] ?? "form", (bool?)lights["explode"] ?? true));
    }

    [Fact]
    public void Body_Whole_IsTheRequestAndOptional()
    {
        var body = fixture.Operation("post", "/v1/pictures")["requestBody"]!;

        Assert.Equal("#/components/schemas/PictureInput", SchemaOf(body)["$ref"]!.ToString());
        Assert.Null(body["required"]);
    }

    [Fact]
    public void Body_WholeBesideThePath_LacksThePathsField()
    {
        var schema = SchemaOf(fixture.Operation("put", "/v1/pictures/{name}")["requestBody"]!);

        Assert.Equal(
            fixture.Schema("PictureInput")["properties"]!.AsObject().Select(property => property.Key).Except(["title"]),
            schema["properties"]!.AsObject().Select(property => property.Key));
    }

    [Fact]
    public void Body_OfAField_IsThatField()
    {
        var operation = fixture.Operation("patch", "/v1/pictures/{title}/frame");

        Assert.Equal("#/components/schemas/FrameInput", SchemaOf(operation["requestBody"]!)["$ref"]!.ToString());
        Assert.Equal("#/components/schemas/Frame", SchemaOf(operation["responses"]!["200"]!)["$ref"]!.ToString());
    }

    [Fact]
    public void Response_OfARepeatedField_IsABareArray()
    {
        var schema = SchemaOf(fixture.Operation("get", "/v1/pictures")["responses"]!["200"]!);

        Assert.Equal(("array", "#/components/schemas/Picture"), ((string?)schema["type"], (string?)schema["items"]!["$ref"]));
    }

    [Fact]
    public void Response_OfAStream_IsLinesOrEvents()
    {
        var content = fixture.Operation("get", "/v1/visitors:watch")["responses"]!["200"]!["content"]!.AsObject();

        Assert.Equal(["application/x-ndjson", "text/event-stream"], content.Select(type => type.Key));
        var choices = content["application/x-ndjson"]!["schema"]!["anyOf"]!;
        Assert.Equal("#/components/schemas/Visitor", (string?)choices[0]!["$ref"]);
        Assert.Equal("#/components/schemas/Status", (string?)choices[1]!["properties"]!["error"]!["$ref"]);
    }

    [Fact]
    public void Errors_OfTheComment_AreResponses()
    {
        var responses = fixture.Operation("get", "/v1/pictures/{name}")["responses"]!.AsObject();

        Assert.Equal(["200", "400", "401", "404", "409", "default"], responses.Select(response => response.Key));
        Assert.StartsWith("FAILED_PRECONDITION while the gallery is closed (see the door); INVALID_ARGUMENT ", Text("400"), StringComparison.Ordinal);
        Assert.Equal("UNAUTHENTICATED without a ticket.", Text("401"));
        Assert.Equal("NOT_FOUND when there is none.", Text("404"));
        Assert.Equal("ABORTED or ALREADY_EXISTS on a clash.", Text("409"));
        Assert.NotNull(responses["401"]!["headers"]!["WWW-Authenticate"]);
        Assert.All(responses.Skip(1), response => Assert.Equal("#/components/schemas/Status", SchemaOf(response.Value!)["$ref"]!.ToString()));

        string? Text(string status) => (string?)responses[status]!["description"];
    }

    [Theory]
    [InlineData("get", "/v1/pictures/{name}", "Finds a picture", "Finds a picture. Its name is all it takes.")]
    [InlineData("post", "/v1/pictures", "Hangs a picture",
        "Hangs a picture, which may take its time, since someone has to fetch the ladder (it stands behind the door) and climb it.")]
    public void Summary_IsTheFirstSentence(string method, string path, string summary, string description)
    {
        var operation = fixture.Operation(method, path);

        Assert.Equal((summary, description), ((string?)operation["summary"], (string?)operation["description"]));
    }

    [Fact]
    public void Method_Deprecated_IsSaidToBe()
    {
        // It has no comment either, so that its name is all there is to say.
        Assert.Equal("ListPictures", (string?)fixture.Operation("get", "/v1/pictures")["summary"]);
        Assert.True((bool)fixture.Operation("get", "/v1/pictures")["deprecated"]!);
        Assert.Null(fixture.Operation("post", "/v1/pictures")["deprecated"]);
    }

    private static JsonNode SchemaOf(JsonNode content) => content["content"]!["application/json"]!["schema"]!;

    private IReadOnlyList<JsonNode> Parameters(string method, string path, string place) =>
    [
        .. (fixture.Operation(method, path)["parameters"]?.AsArray() ?? []).Where(parameter => (string?)parameter!["in"] == place).OfType<JsonNode>(),
    ];
}
