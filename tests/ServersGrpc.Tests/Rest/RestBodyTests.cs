using System.Text;
using System.Text.Json.Nodes;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Rest;

/// <summary>JSON bodies: what the method gets of them, and what is said against them.</summary>
public sealed class RestBodyTests : IAsyncLifetime
{
    private RestHost _host = null!;

    /// <summary>A body, the field, and what is said of it.</summary>
    public static TheoryData<string, string, string> BadFields => new()
    {
        // Names.
        { """{"nmae":"a"}""", "nmae", "it is not a field; there are name, provider," },
        { """{"Name":"a"}""", "Name", "it is not a field" },
        { """{"requestId":"a"}""", "requestId", "it is not a field" },
        { """{"":1}""", "", "it is not a field" },
        { """{"name":"a","name":"b"}""", "name", "it is given twice" },
        { """{"name":"a","\u006eame":"b"}""", "name", "it is given twice" },
        { """{"capacity":1,"capacity":1}""", "capacity", "it is given twice" },
        { """{"labels":{},"labels":{}}""", "labels", "it is given twice" },
        { """{"labels":{"k":"a","k":"b"}}""", "labels.k", "it is given twice" },
        { """{"labels":{"k":"a","\u006b":"a"}}""", "labels.k", "it is given twice" },
        { """{"alternatives":[{"size":"a"},{"sise":"b"}]}""", "alternatives[1].sise", "it is not a field; there are region, size" },
        { """{"alternatives":[{"size":"a","size":"b"}]}""", "alternatives[0].size", "it is given twice" },
        { """{"alternatives":[{"name":"a"}]}""", "alternatives[0].name", "it is not a field" },
        // Kinds of value.
        { """{"name":5}""", "name", "5 is not text" },
        { """{"name":true}""", "name", "true is not text" },
        { """{"name":["a"]}""", "name", "is not text" },
        { """{"name":{}}""", "name", "an object is not text" },
        { """{"capacity":"many"}""", "capacity", "is not a whole number of 32 bits" },
        { """{"capacity":""}""", "capacity", "is not a whole number of 32 bits" },
        { """{"capacity":" 3"}""", "capacity", "is not a whole number of 32 bits" },
        { """{"capacity":1.5}""", "capacity", "1.5 is not a whole number of 32 bits" },
        { """{"capacity":2147483648}""", "capacity", "2147483648 is not a whole number of 32 bits" },
        { """{"capacity":-2147483649}""", "capacity", "-2147483649 is not a whole number of 32 bits" },
        { """{"capacity":1e400}""", "capacity", "is not a whole number of 32 bits" },
        { """{"capacity":true}""", "capacity", "true is not a whole number of 32 bits" },
        { """{"capacity":[1]}""", "capacity", "a list is not a whole number of 32 bits" },
        { """{"validate_only":"yes"}""", "validate_only", "is not true or false" },
        { """{"validate_only":"true"}""", "validate_only", "is not true or false" },
        { """{"validate_only":1}""", "validate_only", "1 is not true or false" },
        { """{"labels":["a"]}""", "labels", "is not an object whose values are text" },
        { """{"labels":"a"}""", "labels", "is not an object whose values are text" },
        { """{"labels":{"a":1}}""", "labels.a", "1 is not text" },
        { """{"labels":{"a":null,"b":"c"}}""", "labels.a", "null is not text" },
        { """{"alternatives":{}}""", "alternatives", "an object is not a list of objects" },
        { """{"alternatives":"a"}""", "alternatives", "is not a list of objects" },
        { """{"alternatives":[1]}""", "alternatives[0]", "1 is not an object" },
        { """{"alternatives":[{},null]}""", "alternatives[1]", "null is not an object" },
        { """{"alternatives":[{},{"size":5}]}""", "alternatives[1].size", "5 is not text" },
        // Halves of a pair: no text of Unicode has one alone.
        { """{"name":"\ud800"}""", "name", "is not text" },
        { """{"name":"a\udc00b"}""", "name", "is not text" },
        { """{"labels":{"a":"\ud83d"}}""", "labels", "is not an object whose values are text" },
        { """{"labels":{"\ud83d":"a"}}""", "labels", "a key is not text of Unicode" },
        { """{"\ud800":"a"}""", "", "the name of a field is not text of Unicode" },
        // No object at all.
        { "[]", "", "the body is not a JSON object" },
        { "\"text\"", "", "the body is not a JSON object" },
        { "5", "", "the body is not a JSON object" },
        { "null", "", "the body is not a JSON object" },
        { "true", "", "the body is not a JSON object" },
    };

    /// <summary>A body, and where its syntax ends to be JSON's.</summary>
    public static TheoryData<string, string> BadSyntax => new()
    {
        { "{", "line 1, byte 2" },
        { "nonsense", "line 1, byte 2" },
        { """{"name": }""", "line 1, byte 10" },
        { "{\n  \"name\": \"a\",\n  \"capacity\": 1,,\n}", "line 3, byte 17" },
        { "{\r\n'name': 1}", "line 2, byte 1" },
        { "{} {}", "line 1, byte 4" },
        { """{"name":"a",}""", "line 1, byte 13" },
        { "{} // all", "line 1, byte 4" },
        { """{"name":"é", oops}""", "line 1, byte 15" },
        { "{\"name\":\"a\nb\"}", "line 1, byte 11" },
        { """{"capacity":01}""", "line 1, byte 14" },
        { """{"capacity":+1}""", "line 1, byte 13" },
        { """{"capacity":NaN}""", "line 1, byte 13" },
        { "\0{}", "line 1, byte 1" },
    };

    /// <summary>A body, and the message that it is.</summary>
    public static TheoryData<string, ProvisionServerRequest> Good => new()
    {
        { "", new() },
        { " \r\n\t", new() },
        { "{}", new() },
        { "\uFEFF{}", new() },
        { "\uFEFF", new() },
        { " {\"name\" : \"a\"}\r\n", new() { Name = "a" } },
        { """{"capacity":3}""", new() { Capacity = 3 } },
        { """{"capacity":"3"}""", new() { Capacity = 3 } },
        { """{"capacity":"-3"}""", new() { Capacity = -3 } },
        { """{"capacity":1e2}""", new() { Capacity = 100 } },
        { """{"capacity":2.0}""", new() { Capacity = 2 } },
        { """{"capacity":-2147483648}""", new() { Capacity = int.MinValue } },
        { """{"name":null,"labels":null,"alternatives":null,"capacity":null,"validate_only":null}""", new() },
        {
            """{"user_data":"#!\n\u0000\u20ac \ud83d\ude00 \"","validate_only":true}""",
            new() { UserData = "#!\n\0€ \U0001F600 \"", ValidateOnly = true }
        },
        { """{"labels":{"":"","a\"b":"é"}}""", new() { Labels = { [""] = "", ["a\"b"] = "é" } } },
        {
            """{"alternatives":[{},{"region":"r","size":null}]}""",
            new() { Alternatives = { new Placement(), new Placement { Region = "r" } } }
        },
    };

    public async Task InitializeAsync() => _host = await RestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Good))]
    public async Task Body_Right_IsTheMessage(string body, ProvisionServerRequest expected)
    {
        var (status, answer) = await _host.PostAsync(body);

        Assert.True(status == 200, $"{answer}");
        Assert.Equal(expected, Assert.Single(_host.Servers.Requests));
    }

    [Theory]
    [MemberData(nameof(BadFields))]
    public async Task Body_Wrong_IsNamedAndTheMethodIsNotCalled(string body, string field, string said)
    {
        var (status, answer) = await _host.PostAsync(body);

        Assert.Equal(400, status);
        var violation = Assert.Single(answer["details"]![1]!["fieldViolations"]!.AsArray())!;
        Assert.Equal(field, (string?)violation["field"] ?? "");
        Assert.Contains(said, (string?)violation["description"], StringComparison.Ordinal);
        var start = field.Length > 0 ? $"{field}: " : (string)violation["description"]!;
        Assert.StartsWith(start, (string?)answer["message"], StringComparison.Ordinal);
        Assert.Empty(_host.Servers.Requests);
    }

    [Theory]
    [MemberData(nameof(BadSyntax))]
    public async Task Body_NoJson_IsToldWhere(string body, string where)
    {
        var (status, answer) = await _host.PostAsync(body);

        Assert.Equal((400, $"the body is not JSON: look at {where}"), (status, (string?)answer["message"]));
    }

    [Fact]
    public async Task Body_SeveralWrong_AreAllNamed()
    {
        var (_, answer) = await _host.PostAsync(
            """{"nmae":"a","capacity":"x","labels":{"k":"a","k":"b"},"alternatives":[{"sise":1},{"size":2}],"name":5}""");

        Assert.Equal(
            ["alternatives[0].sise", "alternatives[1].size", "capacity", "labels.k", "name", "nmae"],
            answer["details"]![1]!["fieldViolations"]!.AsArray()
                .Select(violation => (string?)violation!["field"]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE })]
    [InlineData(new byte[] { 0x7B, 0x22, 0xC3, 0x22, 0x7D })]
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00, 0x7B, 0x00, 0x7D })]
    [InlineData(new byte[] { 0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x7D })]
    public async Task Body_NotUtf8_SaysSo(byte[] body)
    {
        var (status, answer) = await _host.PostAsync(body);

        Assert.Equal((400, "the body is not UTF-8"), (status, (string?)answer["message"]));
    }

    [Theory]
    [InlineData("application/json; charset=utf-16le")]
    [InlineData("application/json;charset=UTF-16")]
    [InlineData("application/json; charset=latin1")]
    [InlineData("application/json; charset=\"iso-8859-1\"")]
    [InlineData("text/plain; charset=windows-1252")]
    public async Task Body_OfAnotherCharset_SaysThatUtf8IsNeeded(string contentType)
    {
        var (status, answer) = await _host.PostAsync(Encoding.Unicode.GetBytes("{}"), contentType: contentType);

        Assert.Equal(400, status);
        Assert.Matches("^the body's charset is .* it must be UTF-8$", (string?)answer["message"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("application/json;charset=us-ascii")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("nonsense")]
    public async Task Body_OfAnyOtherContentType_IsRead(string? contentType)
    {
        var (status, _) = await _host.PostAsync("""{"name":"a"}"""u8.ToArray(), contentType: contentType);

        Assert.Equal(200, status);
        Assert.Equal(new ProvisionServerRequest { Name = "a" }, Assert.Single(_host.Servers.Requests));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    [InlineData("{\"alternatives\":[", "]}")]
    public async Task Body_NestedDeeply_IsRefused(string open, string close)
    {
        foreach (var levels in (int[])[101, 10_000])
        {
            var (start, end) = (string.Concat(Enumerable.Repeat(open, levels)), string.Concat(Enumerable.Repeat(close, levels)));
            var (status, _) = await _host.PostAsync($"{{\"labels\":{start}1{end}}}");

            Assert.Equal(400, status);
        }
        Assert.Empty(_host.Servers.Requests);
    }

    [Fact]
    public async Task Body_Encoded_Is415AndSaysWhatIsTaken()
    {
        using var content = new ByteArrayContent([0x1F, 0x8B]);
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await _host.Http.PostAsync("/api/servers", content);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal((415, "UNSUPPORTED_ENCODING"), ((int)response.StatusCode, (string?)answer["details"]![0]!["reason"]));
        Assert.Contains("gzip", (string?)answer["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_PathFieldInIt_IsRefused()
    {
        var (status, answer) = await _host.PostAsync("""{"name":"b","etag":"1"}""", "/api/servers/a:rotate-credentials");

        Assert.Equal((400, "name: the path says it already"), (status, (string?)answer["message"]));
        Assert.Empty(_host.Servers.Requests);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{}", "")]
    [InlineData("""{"etag":"2a"}""", "2a")]
    public async Task Rotate_VerbAfterAName_IsTheRotationOfThatServer(string body, string etag)
    {
        var (status, _) = await _host.PostAsync(body, "/api/servers/a:rotate-credentials");

        Assert.Equal(200, status);
        Assert.Equal(new RotateServerCredentialsRequest { Name = "a", Etag = etag }, Assert.Single(_host.Servers.Requests));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Body_WhereNoneIsTaken_IsRefusedUnlessItSaysNothing(string method)
    {
        (string, int)[] bodies = [("", 200), ("{}", 200), (" {\n} ", 200), ("{\"force\":true}", 400), ("[]", 400), ("x", 400)];
        foreach (var (body, expected) in bodies)
        {
            using var request = new HttpRequestMessage(new(method), "/api/servers/a") { Content = new StringContent(body) };
            using var response = await _host.Http.SendAsync(request);

            Assert.Equal(expected, (int)response.StatusCode);
        }
    }
}
