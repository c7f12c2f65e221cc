using System.Text.Json.Nodes;

namespace ServersGrpc.Tests.Rpc.OpenApi;

/// <summary>How messages and their fields are described.</summary>
public sealed class SchemaTests(OpenApiDocumentFixture fixture) : IClassFixture<OpenApiDocumentFixture>
{
    [Theory]
    [InlineData("title", """{"type": "string", "description": "The title."}""")]
    [InlineData("isSold", """{"type": "boolean"}""")]
    [InlineData("price", """{"type": "integer", "format": "int32"}""")]
    [InlineData("visitors", """{"type": "integer", "format": "int64"}""")]
    [InlineData("room", """{"type": "integer", "format": "uint32", "minimum": 0}""")]
    [InlineData("number", """{"type": "integer", "format": "uint64", "minimum": 0}""")]
    [InlineData("weight", """{"anyOf": [{"type": "number", "format": "float"}, {"type": "string", "enum": ["NaN", "Infinity", "-Infinity"]}]}""")]
    [InlineData("height", """{"anyOf": [{"type": "number", "format": "double"}, {"type": "string", "enum": ["NaN", "Infinity", "-Infinity"]}]}""")]
    [InlineData("pixels", """{"type": "string", "contentEncoding": "base64", "description": "The picture itself."}""")]
    [InlineData("light", """{"$ref": "#/components/schemas/Light"}""")]
    [InlineData("frame", """{"$ref": "#/components/schemas/Frame", "description": "The frame it hangs in."}""")]
    [InlineData("tags", """{"type": "array", "items": {"type": "string"}}""")]
    [InlineData("framesByYear", """{"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Frame"}}""")]
    [InlineData("year", """{"type": "integer", "format": "int32"}""")]
    [InlineData("person", """{"type": "string", "description": "A person's name."}""")]
    [InlineData("painted", """{"type": "string", "format": "date-time"}""")]
    [InlineData("dried", """{"type": "string", "pattern": "^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$", "description": "Seconds, such as 1.5s.", "examples": ["1.5s"]}""")]
    [InlineData("loans", """{"type": ["null", "integer"], "format": "int64"}""")]
    [InlineData("tilt", """{"anyOf": [{"type": "number", "format": "float"}, {"type": "string", "enum": ["NaN", "Infinity", "-Infinity"]}, {"type": "null"}]}""")]
    [InlineData("notes", """{"type": "object", "additionalProperties": {}}""")]
    [InlineData("remark", """{"description": "Any JSON value."}""")]
    [InlineData("bids", """{"type": "array", "items": {}}""")]
    [InlineData("nothing", """{"type": "null"}""")]
    [InlineData("shown", """{"type": "string", "description": "Paths of fields, joined by commas, such as name,owner.displayName."}""")]
    [InlineData("condition", """{"$ref": "#/components/schemas/openapi.tests.Status"}""")]
    [InlineData("lights", """{"type": "array", "items": {"$ref": "#/components/schemas/Light"}}""")]
    [InlineData("formerTitle", """{"type": "string", "deprecated": true}""")]
    [InlineData("oldFrame", """{"$ref": "#/components/schemas/Frame", "deprecated": true}""")]
    public void Field_OfEveryType_IsDescribed(string name, string expected)
    {
        var schema = fixture.Schema("Picture")["properties"]![name]!;

        AssertJson(expected, schema);
    }

    [Fact]
    public void Message_InAnswers_HoldsEveryFieldThatKnowsNotWhetherItIsSet()
    {
        var picture = fixture.Schema("Picture");

        string[] optional =
        [
            "frame", "year", "person", "museum", "bank", "painted", "dried", "loans", "tilt", "notes", "remark", "bids", "shown", "condition",
            "oldFrame",
        ];
        var names = picture["properties"]!.AsObject().Select(property => property.Key);
        Assert.Equal(names.Except(optional), picture["required"]!.AsArray().Select(name => (string)name!));
        Assert.Equal("One picture.", (string?)picture["description"]);
        Assert.Null(picture["additionalProperties"]);
    }

    [Fact]
    public void Message_InRequests_TakesAnyOfItsFieldsAndNoOther()
    {
        var input = fixture.Schema("PictureInput");

        Assert.Null(input["required"]);
        Assert.False((bool)input["additionalProperties"]!);
        Assert.Equal(
            fixture.Schema("Picture")["properties"]!.AsObject().Select(property => property.Key),
            input["properties"]!.AsObject().Select(property => property.Key));
        Assert.Equal("#/components/schemas/FrameInput", (string?)input["properties"]!["frame"]!["$ref"]);
    }

    [Fact]
    public void Oneof_Members_ExcludeEachOther() => AssertJson(
        """{"anyOf": [{"required": ["person", "museum"]}, {"required": ["person", "bank"]}, {"required": ["museum", "bank"]}]}""",
        fixture.Schema("Picture")["not"]!);

    [Fact]
    public void Enum_Values_AreNamesWithTheirComments() => AssertJson(
        """
        {"type": "string", "enum": ["LIGHT_UNSPECIFIED", "LIGHT_DAY", "LIGHT_LAMP"],
         "description": "How a picture is looked at.\n- LIGHT_UNSPECIFIED: In the dark.\n- LIGHT_DAY: By day."}
        """,
        fixture.Schema("Light"));

    [Fact]
    public void Message_InsideItself_RefersToItself() =>
        Assert.Equal("#/components/schemas/Frame", (string?)fixture.Schema("Frame")["properties"]!["outer"]!["$ref"]);

    [Fact]
    public void ErrorDetails_Known_AreSpelledOut()
    {
        var choices = fixture.Schema("Status")["properties"]!["details"]!["items"]!["anyOf"]!.AsArray();

        var types = choices.Select(choice => (string?)choice!["properties"]!["@type"]!["const"] ?? "any other");
        Assert.Equal(
            "type.googleapis.com/google.rpc.ErrorInfo, type.googleapis.com/google.rpc.RetryInfo, type.googleapis.com/google.rpc.BadRequest, any other",
            string.Join(", ", types));
        Assert.All(choices, choice => Assert.Contains("@type", choice!["required"]!.AsArray().Select(name => (string?)name)));
    }

    private static void AssertJson(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, found {actual.ToJsonString()}");
}
