using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.OpenApi;

/// <summary>The document's words are the comments of servers.proto.</summary>
public sealed class CommentTests : IAsyncLifetime
{
    private const string Contract = "servers/v1/servers.proto";

    // How a descriptor numbers its parts: see SourceCodeInfo in google/protobuf/descriptor.proto.
    private const int Messages = 4, Fields = 2, Services = 6, Methods = 2, Syntax = 12;

    private static readonly JsonNode Document =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "ServersGrpc", "OpenApi", "openapi.json")))!;

    private readonly Dictionary<string, string> _comments = [];
    private JsonNode _contract = null!;

    public async Task InitializeAsync()
    {
        var buf = await ExternalCommand.RunAsync(
            Path.Combine(Repository.Clients, "node_modules", ".bin", "buf"), ["build", Repository.Root, "-o", "-#format=json"]);
        Assert.True(buf.ExitCode == 0, buf.Error);
        _contract = JsonNode.Parse(buf.Output)!["file"]!.AsArray().Single(file => (string)file!["name"]! == Contract)!;
        foreach (var location in _contract["sourceCodeInfo"]!["location"]!.AsArray())
        {
            if ((string?)location!["leadingComments"] is { } comment)
                _comments.Add(Key(location["path"]!.AsArray().Select(part => (int)part!)), Text(comment));
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public void Descriptions_OfTheApi_AreTheContracts()
    {
        Assert.Equal(Comment(Syntax), (string?)Document["info"]!["description"]);
        Assert.Equal(Comment(Services, 0), (string?)Document["tags"]![0]!["description"]);
    }

    [Fact]
    public void Descriptions_OfOperationsAndParameters_AreTheContracts()
    {
        var operations = Document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(pair => pair.Value!)
            .ToDictionary(operation => (string)operation["operationId"]!);
        var descriptions = new List<Description>();
        foreach (var method in Named(_contract["service"]![0]!["method"]!))
        {
            var operation = operations[$"ServerService_{method.Name}"];
            descriptions.Add(new(method.Name, Comment(Services, 0, Methods, method.Index), operation));
            var input = Message(((string)method.Node["inputType"]!).Split('.')[^1]);
            descriptions.AddRange((operation["parameters"]?.AsArray() ?? [])
                .Where(parameter => (string)parameter!["in"]! != "header")
                .Select(parameter => OfField(input, (string)parameter!["name"]!, parameter)));
        }

        AssertTrue(descriptions);
    }

    [Fact]
    public void Descriptions_OfSchemas_AreTheContracts()
    {
        var schemas = Document["components"]!["schemas"]!.AsObject();
        var descriptions = new List<Description>();
        foreach (var message in Named(_contract["messageType"]!).Where(message => schemas.ContainsKey(message.Name)))
        {
            var schema = schemas[message.Name]!;
            descriptions.Add(new(message.Name, Comment(Messages, message.Index), schema));
            descriptions.AddRange(schema["properties"]!.AsObject().Select(property => OfField(message, property.Key, property.Value!)));
        }

        AssertTrue(descriptions);
    }

    private static void AssertTrue(List<Description> descriptions)
    {
        Assert.NotEmpty(descriptions);
        Assert.All(descriptions, it => Assert.Equal((it.Place, it.Comment), (it.Place, (string?)it.Described["description"] ?? "")));
    }

    private static string Key(IEnumerable<int> path) => string.Join('/', path);

    // Lines are joined; an empty one begins a paragraph.
    private static string Text(string comment)
    {
        var lines = string.Join('\n', comment.Split('\n').Select(line => line.Trim())).Trim('\n');
        return string.Join("\n\n", lines.Split("\n\n").Select(paragraph => paragraph.Replace('\n', ' ')));
    }

    private static IEnumerable<Part> Named(JsonNode list) =>
        list.AsArray().Select((node, index) => new Part((string)node!["name"]!, index, node));

    private string Comment(params int[] path) => _comments[Key(path)];

    private Part Message(string name) => Named(_contract["messageType"]!).Single(message => message.Name == name);

    private Description OfField(Part message, string name, JsonNode described)
    {
        var field = Named(message.Node["field"]!).Single(field => field.Name == name);
        return new($"{message.Name}.{name}", Comment(Messages, message.Index, Fields, field.Index), described);
    }

    /// <summary>A method, message or field of the contract.</summary>
    private sealed record Part(string Name, int Index, JsonNode Node);

    /// <summary>What is described, its comment in the contract, and the part of the document that describes it.</summary>
    private sealed record Description(string Place, string Comment, JsonNode Described);
}
