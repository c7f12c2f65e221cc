using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.OpenApi;

/// <summary>The document's words are the comments of servers.proto.</summary>
public sealed class CommentTests : IAsyncLifetime
{
    private const string Contract = "servers/v1/servers.proto";

    // How a descriptor numbers its parts: see SourceCodeInfo in google/protobuf/descriptor.proto.
    private const int Messages = 4, Fields = 2, Services = 6, Methods = 2, Syntax = 12;

    private static readonly JsonNode Document = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "ServersGrpc", "OpenApi", "openapi.json")))!;

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
        var described = Named(_contract["service"]![0]!["method"]!).SelectMany(method =>
        {
            var operation = operations[$"ServerService_{method.Name}"];
            var input = Message(((string)method.Node["inputType"]!).Split('.')[^1]);
            var parameters = (operation["parameters"]?.AsArray() ?? []).Where(parameter => (string)parameter!["in"]! != "header");
            return parameters.Select(parameter => (Place: $"{method.Name} {parameter!["name"]}", Expected: FieldComment(input, (string)parameter["name"]!), Text: (string?)parameter["description"]))
                .Prepend((Place: method.Name, Expected: Comment(Services, 0, Methods, method.Index), Text: (string?)operation["description"]));
        }).ToList();

        Assert.Equal(described.Select(it => (it.Place, it.Expected)), described.Select(it => (it.Place, it.Text ?? "")));
    }

    [Fact]
    public void Descriptions_OfSchemas_AreTheContracts()
    {
        var described = Named(_contract["messageType"]!).Where(message => Document["components"]!["schemas"]![message.Name] is not null).SelectMany(message =>
        {
            var schema = Document["components"]!["schemas"]![message.Name]!;
            return schema["properties"]!.AsObject()
                .Select(property => (Place: $"{message.Name}.{property.Key}", Expected: FieldComment(message, property.Key), Text: (string?)property.Value!["description"]))
                .Prepend((Place: message.Name, Expected: Comment(Messages, message.Index), Text: (string?)schema["description"]));
        }).ToList();

        Assert.NotEmpty(described);
        Assert.Equal(described.Select(it => (it.Place, it.Expected)), described.Select(it => (it.Place, it.Text ?? "")));
    }

    private static string Key(IEnumerable<int> path) => string.Join('/', path);

    // Lines are joined; an empty one begins a paragraph.
    private static string Text(string comment) => string.Join(
        "\n\n", string.Join('\n', comment.Split('\n').Select(line => line.Trim())).Trim('\n').Split("\n\n").Select(paragraph => paragraph.Replace('\n', ' ')));

    private static IEnumerable<(string Name, int Index, JsonNode Node)> Named(JsonNode list) =>
        list.AsArray().Select((node, index) => ((string)node!["name"]!, index, node));

    private string Comment(params int[] path) => _comments[Key(path)];

    private (string Name, int Index, JsonNode Node) Message(string name) => Named(_contract["messageType"]!).Single(message => message.Name == name);

    private string FieldComment((string Name, int Index, JsonNode Node) message, string field) =>
        Comment(Messages, message.Index, Fields, Named(message.Node["field"]!).Single(it => it.Name == field).Index);
}
