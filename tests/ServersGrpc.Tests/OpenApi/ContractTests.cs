using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.OpenApi;

/// <summary>The document says what servers.proto says: methods, paths, parameters, fields, their types and their order.</summary>
public class ContractTests
{
    private const string Json = "application/json";

    private static readonly string[] OperatorPaths =
        ["get /healthz", "get /version", "get /varz", "get /metrics", "post /api/pause", "post /api/resume"];

    private static readonly HttpForm[] Forms = [.. ServerService.Descriptor.Methods.Select(HttpForm.Of)];

    // Messages that are written out as schemas: answers, bodies, and what they hold.
    private static readonly string[] Described =
        [.. ServersReflection.Descriptor.MessageTypes.Select(message => message.Name).Where(Document.Schemas.ContainsKey)];

    public static TheoryData<string> Methods => new(Forms.Select(form => form.Method.Name));

    public static TheoryData<string> Messages => new(Described);

    [Fact]
    public void Operations_Document_AreTheMethodsAndTheOperatorsPaths() => Assert.Equal(
        Forms.Select(form => form.Operation).Concat(OperatorPaths).Order(StringComparer.Ordinal),
        Document.Operations.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Methods))]
    public void Operation_Id_NamesTheMethod(string method) =>
        Assert.Equal($"ServerService_{method}", (string?)Operation(method)["operationId"]);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Operation_Parameters_AreTheFieldsOutsideOfTheBody(string method)
    {
        var form = Form(method);
        var inPath = form.PathFields.ToList();
        var inQuery = form.Body == "*" ? [] : form.Fields.Except(inPath).ToList();

        var parameters = Operation(method)["parameters"]?.AsArray().Select(parameter => parameter!.AsObject())
            .Where(parameter => (string)parameter["in"]! != "header").ToList() ?? [];

        Assert.Equal(
            [.. inPath.Select(field => (field.JsonName, "path", true)), .. inQuery.Select(field => (field.JsonName, "query", false))],
            parameters.Select(parameter => ((string)parameter["name"]!, (string)parameter["in"]!, (bool?)parameter["required"] ?? false)));
        Assert.All(inPath.Concat(inQuery).Zip(parameters), pair => AssertType(pair.First, pair.Second["schema"]));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Operation_Body_IsTheRestOfTheFields(string method)
    {
        var form = Form(method);
        var body = Operation(method)["requestBody"];
        if (form.Body.Length == 0)
        {
            Assert.Null(body);
            return;
        }

        Assert.Equal("*", form.Body);
        Assert.False((bool)body!["required"]!);
        var schema = body["content"]![Json]!["schema"]!;
        Assert.Equal(Reference(form.Method.InputType), (string?)schema["$ref"]);
        AssertProperties(form.Fields.Except(form.PathFields), Document.Resolve(schema));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Operation_Answer_IsTheResponse(string method)
    {
        var form = Form(method);
        var content = Operation(method)["responses"]!["200"]!["content"]!.AsObject();

        if (form.Method.IsServerStreaming)
        {
            Assert.Equal(["application/x-ndjson", "text/event-stream"], content.Select(pair => pair.Key));
            Assert.Equal(Reference(form.Method.OutputType), (string?)content["application/x-ndjson"]!["schema"]!["anyOf"]![0]!["$ref"]);
            return;
        }

        Assert.Equal([Json], content.Select(pair => pair.Key));
        var schema = content[Json]!["schema"]!;
        if (form.ResponseBody.Length > 0)
            AssertType(form.Method.OutputType.FindFieldByName(form.ResponseBody), schema);
        else
            Assert.Equal(Reference(form.Method.OutputType), (string?)schema["$ref"]);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Schema_Message_HasItsFieldsInTheirOrder(string name)
    {
        var message = ServersReflection.Descriptor.MessageTypes.Single(message => message.Name == name);
        var form = Forms.SingleOrDefault(form => form.Body.Length > 0 && form.Method.InputType == message);
        var schema = Document.Schemas[name]!.AsObject();

        AssertProperties(message.Fields.InDeclarationOrder().Except(form?.PathFields ?? []), schema);
        // What callers send may lack any field, and have no other. What they are sent has every field but absent messages.
        var isSent = form is not null || name == nameof(Placement);
        Assert.Equal(isSent, schema.ContainsKey("additionalProperties"));
        if (isSent)
            Assert.False((bool)schema["additionalProperties"]!);
        Assert.Equal(
            isSent ? [] : message.Fields.InDeclarationOrder().Where(field => !field.HasPresence).Select(field => field.JsonName),
            schema["required"]?.AsArray().Select(field => (string)field!) ?? []);
    }

    [Fact]
    public void Schemas_Messages_AreAllThatTheOperationsUse() => Assert.Equal(
        ["Server", "ProvisionServerRequest", "Placement", "RotateServerCredentialsRequest", "ServerChange", "ServerEvent"],
        Described);

    private static HttpForm Form(string method) => Forms.Single(form => form.Method.Name == method);

    private static JsonObject Operation(string method) => Document.Operations[Form(method).Operation];

    private static string Reference(MessageDescriptor message) => $"#/components/schemas/{message.Name}";

    private static void AssertProperties(IEnumerable<FieldDescriptor> fields, JsonObject schema)
    {
        var properties = schema["properties"]!.AsObject();
        Assert.Equal("object", (string?)schema["type"]);
        Assert.Equal(fields.Select(field => field.JsonName), properties.Select(property => property.Key));
        Assert.All(fields, field => AssertType(field, properties[field.JsonName]));
    }

    private static void AssertType(FieldDescriptor field, JsonNode? schema)
    {
        if (field.IsMap)
        {
            var map = Document.Resolve(schema);
            Assert.Equal("object", (string?)map["type"]);
            AssertItemType(field.MessageType.FindFieldByNumber(2), map["additionalProperties"]);
        }
        else if (field.IsRepeated)
        {
            var list = Document.Resolve(schema);
            Assert.Equal("array", (string?)list["type"]);
            AssertItemType(field, list["items"]);
        }
        else
        {
            AssertItemType(field, schema);
        }
    }

    private static void AssertItemType(FieldDescriptor field, JsonNode? schema)
    {
        if (field.FieldType == FieldType.Message)
        {
            Assert.Equal(Reference(field.MessageType), (string?)schema!["$ref"]);
            return;
        }

        var (type, format, encoding) = field.FieldType switch
        {
            FieldType.String => ("string", null, null),
            FieldType.Bytes => ("string", "byte", "base64"),
            FieldType.Bool => ("boolean", null, null),
            FieldType.Int32 => ("integer", "int32", null),
            FieldType.Int64 => ("integer", "int64", (string?)null),
            _ => throw new InvalidOperationException($"{field.FullName} has a type that these tests do not know."),
        };
        var resolved = Document.Resolve(schema);
        Assert.Equal(
            (field.JsonName, type, format, encoding),
            (field.JsonName, (string?)resolved["type"], (string?)resolved["format"], (string?)resolved["contentEncoding"]));
    }
}
