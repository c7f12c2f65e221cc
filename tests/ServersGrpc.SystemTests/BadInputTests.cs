using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests;

/// <summary>What is wrong is refused with the right status and a message that helps, and nothing of it is stored.</summary>
public class BadInputTests(SharedService shared) : IClassFixture<SharedService>, IAsyncLifetime
{
    private const int InvalidArgument = 3;
    private const int NotFound = 5;
    private const int Unimplemented = 12;
    private const int Unauthenticated = 16;

    /// <summary>What looks like gRPC-Web on a path of REST is a body of REST, and no fault of the service.</summary>
    [Theory]
    [InlineData("/healthz", 400)]
    [InlineData("/api/pause", 400)]
    [InlineData("/api/servers", 400)]
    [InlineData("/nothing", 404)]
    public async Task Body_AsGrpcWebTextThatIsNoBase64_IsTakenAsRest(string path, int status)
    {
        var response = await Curl.SendAsync(
            Service, "POST", path, "--header", "Content-Type: application/grpc-web-text", "--data-binary", "!!!!");

        Assert.Equal(status, response.Status);
        Assert.DoesNotContain("fail:", Service.Log, StringComparison.Ordinal);
    }

    /// <summary>A field's name and value in a request for a server, and what the message must say of the rule.</summary>
    public static TheoryData<string, string, string> BadFields => new()
    {
        { "name", Quoted("Upper"), "[a-z0-9-]" },
        { "name", Quoted("under_score"), "[a-z0-9-]" },
        { "name", Quoted("-first"), "beginning and ending with [a-z0-9]" },
        { "name", Quoted("last-"), "beginning and ending with [a-z0-9]" },
        { "name", Quoted("a.b"), "[a-z0-9-]" },
        { "name", Quoted("line\n"), "[a-z0-9-]" },
        { "name", Quoted("é"), "[a-z0-9-]" },
        { "name", Quoted(new string('a', 64)), "1 to 63" },
        { "provider", Quoted("nowhere"), "local" },
        { "image", Quoted(new string('i', 256)), "255" },
        { "region", Quoted(new string('r', 256)), "255" },
        { "size", Quoted(new string('s', 256)), "255" },
        { "capacity", "-1", "10000" },
        { "capacity", "10001", "10000" },
        { "labels", """{"-bad": "x"}""", "[A-Za-z0-9._/-]" },
        { "labels", JsonSerializer.Serialize(Enumerable.Range(0, 65).ToDictionary(number => $"k{number}", _ => "")), "64" },
        { "labels", JsonSerializer.Serialize(new Dictionary<string, string> { ["k"] = new('v', 256) }), "255" },
        { "user_data", Quoted(new string('u', 32 * 1024 + 1)), "32768" },
        { "request_id", Quoted(new string('q', 129)), "128" },
        { "request_id", Quoted("tab\t"), "printable" },
    };

    /// <summary>A body, and what the message must name.</summary>
    public static TheoryData<string, string> BadBodies => new()
    {
        { """{"name": }""", "line 1" },
        { "{\n  \"name\": \"a\",\n  \"capacity\": 1,,\n}", "line 3" },
        { "{", "line 1" },
        { "nonsense", "line 1" },
        { "[]", "object" },
        { "\"text\"", "object" },
        { """{"name": 5}""", "name" },
        { """{"name": ["a"]}""", "name" },
        { """{"capacity": "many"}""", "capacity" },
        { """{"capacity": 1.5}""", "capacity" },
        { """{"capacity": 3000000000}""", "capacity" },
        { """{"validate_only": "yes"}""", "validate_only" },
        { """{"labels": ["a"]}""", "labels" },
        { """{"nmae": "a"}""", "nmae" },
        { """{"name": "a", "name": "b"}""", "name" },
        { "{} {}", "line 1" },
    };

    /// <summary>Method, path, and what the message must name.</summary>
    public static TheoryData<string, string, string> BadQueries => new()
    {
        { "GET", "/api/servers?page_size=-1", "page_size" },
        { "GET", "/api/servers?page_size=1000001", "page_size" },
        { "GET", "/api/servers?page_size=few", "page_size" },
        { "GET", "/api/servers?page_token=made-up", "page_token" },
        { "GET", "/api/servers?state=happy", "running" },
        { "GET", "/api/servers?label_selector=a%3D%3Db%3D,", "label_selector" },
        { "GET", "/api/servers?limit=5", "limit" },
        { "GET", "/api/servers/x?verbose=1", "verbose" },
        { "GET", "/api/servers:watch?since_revision=-1", "since_revision" },
        { "GET", "/api/servers:watch?state=happy", "state" },
        { "POST", "/api/servers?name=a", "name" },
        { "DELETE", "/api/servers/x?force=maybe", "force" },
        { "DELETE", "/api/servers/x?force=yes", "force" },
        { "DELETE", "/api/servers/x?now=1", "now" },
    };

    /// <summary>Method, path, and the methods that would be right.</summary>
    public static TheoryData<string, string, string> WrongMethods => new()
    {
        { "PUT", "/api/servers", "GET, HEAD, POST" },
        { "DELETE", "/api/servers", "GET, HEAD, POST" },
        { "POST", "/api/servers/x", "DELETE, GET, HEAD" },
        { "PATCH", "/api/servers/x", "DELETE, GET, HEAD" },
        { "POST", "/api/servers/x/events", "GET, HEAD" },
        { "GET", "/api/pause", "POST" },
        { "POST", "/healthz", "GET, HEAD" },
        { "POST", "/metrics", "GET, HEAD" },
    };

    private ServiceProcess Service => shared.Service;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Nothing is stored, whatever the test sent.</summary>
    public async Task DisposeAsync() => Assert.Equal("[]", (await Curl.SendAsync(Service, "GET", "/api/servers")).Body);

    [Theory]
    [MemberData(nameof(BadFields))]
    public async Task Provision_BadField_IsNamedWithItsRule(string field, string value, string rule)
    {
        var answer = await PostAsync($$"""{"{{field}}": {{value}}}""");

        AssertError(answer, 400, InvalidArgument, field);
        Assert.Contains(rule, (string?)answer.Json!["message"], StringComparison.Ordinal);
        var violations = Detail(answer, "google.rpc.BadRequest")["field_violations"] ?? Detail(answer, "google.rpc.BadRequest")["fieldViolations"];
        Assert.Contains(violations!.AsArray(), violation => ((string)violation!["field"]!).StartsWith(field, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Provision_SeveralBadFields_AreAllNamed()
    {
        var answer = await PostAsync("""{"name": "A", "capacity": -1, "provider": "none"}""");

        AssertError(answer, 400, InvalidArgument, "name");
        AssertError(answer, 400, InvalidArgument, "capacity");
        AssertError(answer, 400, InvalidArgument, "provider");
    }

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task Provision_BadJson_IsExplained(string body, string named) =>
        AssertError(await PostAsync(body), 400, InvalidArgument, named);

    [Fact]
    public async Task Provision_NotUtf8_IsExplained()
    {
        var file = Path.Combine(Service.DataDirectory, "latin1.json");
        await File.WriteAllBytesAsync(file, Encoding.Latin1.GetBytes("""{"image": "é"}"""));

        AssertError(await Curl.SendAsync(Service, "POST", "/api/servers", "--json", "@" + file), 400, InvalidArgument, "UTF-8");
    }

    [Theory]
    [MemberData(nameof(BadQueries))]
    public async Task Query_Bad_IsNamed(string method, string path, string named) =>
        AssertError(await Curl.SendAsync(Service, method, path), 400, InvalidArgument, named);

    [Theory]
    [MemberData(nameof(WrongMethods))]
    public async Task Method_Wrong_AnswersTheRightOnes(string method, string path, string allowed)
    {
        var answer = await Curl.SendAsync(Service, method, path);

        AssertError(answer, 405, Unimplemented, method);
        Assert.Equal(allowed, string.Join(", ", answer.Header("Allow")!.Split(',').Select(name => name.Trim()).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("/api/server")]
    [InlineData("/api/servers/x/y")]
    [InlineData("/nothing")]
    public async Task Path_Unknown_IsNotFound(string path) =>
        AssertError(await Curl.SendAsync(Service, "GET", path), 404, NotFound, path);

    [Theory]
    [InlineData("/api/servers/")]
    [InlineData("/API/Servers")]
    [InlineData("/VARZ/")]
    public async Task Path_InOtherLettersOrWithASlashAtItsEnd_IsTheSame(string path) =>
        Assert.Equal(200, (await Curl.SendAsync(Service, "GET", path)).Status);

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Name_Unknown_IsNotFound(string method) =>
        AssertError(await Curl.SendAsync(Service, method, "/api/servers/nobody"), 404, NotFound, "nobody");

    [Fact]
    public async Task Body_TwoMebibytes_IsTooLarge()
    {
        var file = Path.Combine(Service.DataDirectory, "large.json");
        await File.WriteAllTextAsync(file, $$"""{"user_data": "{{new string('u', 2 * 1024 * 1024)}}"}""");

        var declared = await Curl.SendAsync(Service, "POST", "/api/servers", "--json", "@" + file);
        var chunked = await Curl.SendAsync(Service, "POST", "/api/servers", "--json", "@" + file, "--header", "Transfer-Encoding: chunked");

        AssertError(declared, 413, InvalidArgument, "1048576");
        AssertError(chunked, 413, InvalidArgument, "1048576");
    }

    [Theory]
    [InlineData]
    [InlineData("--header", "Authorization: Bearer wrong")]
    [InlineData("--header", "Authorization: Bearer ")]
    [InlineData("--header", "Authorization: Basic dTpw")]
    public async Task Token_MissingOrWrong_IsRefused(params string[] header)
    {
        string[] paths = ["/api/servers", "/api/servers/x", "/varz", "/metrics", "/api/servers:watch", "/nothing"];
        foreach (var path in paths)
        {
            var answer = await Curl.SendAsync([.. header, Service.Address + path]);

            AssertError(answer, 401, Unauthenticated, "token");
            Assert.StartsWith("Bearer", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
            Assert.DoesNotContain(Service.Token, answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("bearer")]
    [InlineData("")]
    public async Task Token_AnyDocumentedForm_IsAccepted(string scheme)
    {
        var answer = await Curl.SendAsync("--header", $"Authorization: {scheme} {Service.Token}", Service.Address + "/api/servers");

        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [MemberData(nameof(ClientsTests.GrpcClients), MemberType = typeof(ClientsTests))]
    public async Task Grpc_BadField_IsNamed(string client)
    {
        var failure = await GrpcClient.Named(client).FailAsync(Service, "provision", new { name = "Upper", capacity = -1 });

        Assert.Equal(InvalidArgument, (int)failure["code"]!);
        Assert.Contains("name", (string?)failure["details"], StringComparison.Ordinal);
        Assert.Contains("capacity", (string?)failure["details"], StringComparison.Ordinal);
        var details = Convert.FromBase64String((string)failure["metadata"]!["grpc-status-details-bin"]![0]!);
        Assert.Contains("google.rpc.BadRequest", Encoding.Latin1.GetString(details), StringComparison.Ordinal);
        Assert.Contains("servers-grpc", Encoding.Latin1.GetString(details), StringComparison.Ordinal);
    }

    /// <summary>Clients drop an answer whose headers are too large, the status with it.</summary>
    [Theory]
    [MemberData(nameof(ClientsTests.GrpcClients), MemberType = typeof(ClientsTests))]
    public async Task Grpc_ManyBadFields_AreStillInvalidArgument(string client)
    {
        var labels = Enumerable.Range(0, 64).ToDictionary(number => $"bad key {number}", number => new string('e', 300));
        var states = Enumerable.Range(0, 32).Select(number => $"{number}{new string('s', 300)}");

        foreach (var (command, request) in new (string, object)[] { ("provision", new { labels }), ("list", new { state = states }) })
        {
            var failure = await GrpcClient.Named(client).FailAsync(Service, command, request);

            Assert.Equal(InvalidArgument, (int)failure["code"]!);
            Assert.Matches("more$", (string?)failure["details"]);
            var details = Convert.FromBase64String((string)failure["metadata"]!["grpc-status-details-bin"]![0]!);
            Assert.Contains("google.rpc.BadRequest", Encoding.Latin1.GetString(details), StringComparison.Ordinal);
            Assert.Contains("servers-grpc", Encoding.Latin1.GetString(details), StringComparison.Ordinal);
        }
    }

    private Task<CurlResponse> PostAsync(string body)
    {
        // A file: some of these are longer than an argument may be.
        var file = Path.Combine(Service.DataDirectory, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(file, body);
        return Curl.SendAsync(Service, "POST", "/api/servers", "--json", "@" + file);
    }

    private static void AssertError(CurlResponse answer, int status, int code, string named)
    {
        Assert.Equal(status, answer.Status);
        Assert.StartsWith("application/json", answer.Header("Content-Type"), StringComparison.Ordinal);
        var error = answer.Json!.AsObject();
        Assert.Equal(["code", "message", "details"], error.Select(pair => pair.Key));
        Assert.Equal(code, (int)error["code"]!);
        Assert.Contains(named, (string?)error["message"], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Body, StringComparison.Ordinal);
        var info = Detail(answer, "google.rpc.ErrorInfo");
        Assert.Equal("servers-grpc", (string?)info["domain"]);
        Assert.Matches("^[A-Z][A-Z0-9_]+$", (string?)info["reason"]);
    }

    private static JsonNode Detail(CurlResponse answer, string type) => Assert.Single(
        answer.Json!["details"]!.AsArray(), detail => (string?)detail!["@type"] == "type.googleapis.com/" + type)!;

    private static string Quoted(string value) => JsonSerializer.Serialize(value);
}
