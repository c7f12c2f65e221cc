using System.Net;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Rpc.Transcoding.Echo;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>How paths, queries and bodies become messages.</summary>
public sealed class RequestTests : IAsyncLifetime
{
    private readonly List<Everything> _received = [];
    private RestHost _host = null!;

    public static TheoryData<string, Everything> Paths => new()
    {
        { "GET /one/a", new Everything { Text = "a" } },
        { "REPORT /one/a", new Everything { Text = "a" } },
        { "GET http://x/one/a?bool_value", new Everything { Text = "a", BoolValue = true } },
        { "GET /one/a%2Fb%20%C3%A9+", new Everything { Text = "a/b é+" } },
        { "GET /one/a:b", new Everything { Text = "a:b" } },
        { "GET /one/a:double", new Everything { Text = "a:double" } },
        { "GET /%6Fne/a", new Everything { Text = "a" } },
        { "GET /nested/a/x", new Everything { Inner = new Inner { Name = "a" } } },
        { "GET /multi/shelves/1/books/a%2Fb%20c", new Everything { Text = "shelves/1/books/a%2Fb c" } },
        { "GET /rest", new Everything() },
        { "GET /rest/a/b%2fc/", new Everything { Text = "a/b%2fc/" } },
        { "GET /number/9223372036854775807:double", new Everything { Int64Value = long.MaxValue } },
        { "GET /any/thing/tail?text=x", new Everything { Text = "x" } },
    };

    public static TheoryData<string, Everything> Queries => new()
    {
        { "", new Everything() },
        { "text=a+b%2B%C3%A9", new Everything { Text = "a b+é" } },
        { "&&text=a&", new Everything { Text = "a" } },
        { "text=a=b", new Everything { Text = "a=b" } },
        { "text", new Everything() },
        { "bool_value", new Everything { BoolValue = true } },
        { "boolValue=0", new Everything() },
        { "int32_value=-5&int64Value=9223372036854775807&uint64_value=18446744073709551615", new Everything { Int32Value = -5, Int64Value = long.MaxValue, Uint64Value = ulong.MaxValue } },
        { "float_value=1.5&double_value=-1e300", new Everything { FloatValue = 1.5f, DoubleValue = -1e300 } },
        { "bytes_value=-_-_", new Everything { BytesValue = ByteString.CopyFrom(0xfb, 0xff, 0xbf) } },
        { "bytes_value=%2B/%2B/", new Everything { BytesValue = ByteString.CopyFrom(0xfb, 0xff, 0xbf) } },
        { "color=COLOR_BLUE&colors=1&colors=COLOR_BLUE", new Everything { Color = Color.Blue, Colors = { Color.Red, Color.Blue } } },
        { "tags=a&tags=b&numbers=1&numbers=2", new Everything { Tags = { "a", "b" }, Numbers = { 1, 2 } } },
        { "inner.name=a&inner.inner.count=3", new Everything { Inner = new Inner { Name = "a", Inner_ = new Inner { Count = 3 } } } },
        { "maybe=0&left=x", new Everything { Maybe = 0, Left = "x" } },
        { "wrapped=5", new Everything { Wrapped = 5 } },
        { "at=2020-01-02T03:04:05Z&lasting=1.5s", new Everything { At = Timestamp.FromDateTimeOffset(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.Zero)), Lasting = new Duration { Seconds = 1, Nanos = 500_000_000 } } },
    };

    public static TheoryData<string, string[]> BadTargets => new()
    {
        { "/query?int32_value=2147483648", ["int32_value: in the query: \"2147483648\" is not a whole number from -2147483648 to 2147483647"] },
        { "/query?int32_value=", ["\"\" is not a whole number"] },
        { "/query?uint64_value=-1", ["from 0 to 18446744073709551615"] },
        { "/query?float_value=1e39", ["32-bit float"] },
        { "/query?bool_value=yes", ["\"yes\" is not true (1 t T true TRUE True) or false (0 f F false FALSE False)"] },
        { "/query?color=GREEN", ["one of COLOR_UNSPECIFIED, COLOR_RED, COLOR_BLUE"] },
        { "/query?bytes_value=a", ["\"a\" is not base64"] },
        { "/query?at=yesterday", ["\"yesterday\" is not a google.protobuf.Timestamp"] },
        { "/query?text=%zz", ["text: in the query: \"text=%zz\" is not percent-encoded"] },
        { "/query?text=%ff", ["not percent-encoded UTF-8"] },
        { "/query?text=a&text=b", ["text: in the query: the parameter is given twice"] },
        { "/query?int32_value=1&int32Value=1", ["given twice"] },
        { "/query?inner=x", ["name one of its fields"] },
        { "/query?labels=x", ["a map can't be given"] },
        { "/query?nope=1&inner.nope=2&text.nope=3&int32_value=x", ["nope: in the query: there is no such parameter; there are text, ", "inner.nope", "text.nope", "int32_value"] },
        { "/one/a?text=b", ["text: in the query: text is set by the path"] },
        { "/nested/a/x?inner.name=b", ["inner.name is set by the path"] },
        { "/one/%zz", ["text: in the path: \"%zz\" is not percent-encoded UTF-8"] },
        { $"/number/{new string('9', 4000)}:double", [$"int64_value: in the path: \"{new string('9', 100)}…\" is not a whole number"] },
        { "/number/x:double", ["int64_value: in the path: \"x\" is not a whole number"] },
    };

    public static TheoryData<string, Everything> Bodies => new()
    {
        { "{}", new Everything() },
        { " \n ", new Everything() },
        { """{"int32Value":1,"int64_value":"2","uint64Value":18446744073709551615,"doubleValue":"NaN","floatValue":1.5}""", new Everything { Int32Value = 1, Int64Value = 2, Uint64Value = ulong.MaxValue, DoubleValue = double.NaN, FloatValue = 1.5f } },
        { """{"int32Value":1e2,"int64Value":-0}""", new Everything { Int32Value = 100 } },
        { """{"text":"é\u00e9\ud83d\ude00\n","boolValue":true}""", new Everything { Text = "éé😀\n", BoolValue = true } },
        { """{"bytesValue":"_-8","color":"COLOR_RED","colors":[2,"COLOR_RED"]}""", new Everything { BytesValue = ByteString.CopyFrom(0xff, 0xef), Color = Color.Red, Colors = { Color.Blue, Color.Red } } },
        { """{"text":null,"tags":null,"labels":null,"inner":null,"maybe":null,"wrapped":null,"left":null,"right":{}}""", new Everything { Right = new Inner() } },
        { """{"inner":{"name":"a","inner":{}},"inners":[{},{"count":1}]}""", new Everything { Inner = new Inner { Name = "a", Inner_ = new Inner() }, Inners = { new Inner(), new Inner { Count = 1 } } } },
        { """{"labels":{"a":"b"},"byNumber":{"-1":{"name":"x"}}}""", new Everything { Labels = { ["a"] = "b" }, ByNumber = { [-1] = new Inner { Name = "x" } } } },
        { """{"at":"1970-01-01T00:00:01Z","lasting":"2s","wrapped":"7","maybe":0}""", new Everything { At = new Timestamp { Seconds = 1 }, Lasting = new Duration { Seconds = 2 }, Wrapped = 7, Maybe = 0 } },
    };

    public static TheoryData<string, string[]> BadBodies => new()
    {
        { "[]", ["line 1, column 1: expected an object, {…}, found a list"] },
        { "null", ["expected an object"] },
        { "{", ["not JSON"] },
        { "{} x", ["not JSON", "line 1, column 4"] },
        { "{\n  \"text\": tru\n}", ["not JSON", "line 2"] },
        { """{"text":"a",}""", ["not JSON"] },
        { """{"text":1}""", ["text: line 1, column 9: expected a string, found a number"] },
        { """{"int32Value":2147483648}""", ["int32_value: line 1, column 15: 2147483648 is not a whole number from -2147483648 to 2147483647"] },
        { """{"int32Value":1.5}""", ["1.5 is not a whole number"] },
        { """{"int32Value":"x"}""", ["\"x\" is not a whole number"] },
        { """{"boolValue":"true"}""", ["expected true or false, found a string"] },
        { """{"inner":{"count":[]},"color":"GREEN","nope":{"a":[1]}}""", ["inner.count: line 1, column 19: expected a whole number", "color: ", "one of COLOR_UNSPECIFIED", "nope: line 1, column 39: there is no such field; there are text, "] },
        { """{"inners":[{},{"nope":1,"also":2}]}""", ["inners[1].nope", "inners[1].also"] },
        { """{"labels":{"a":1}}""", ["labels[a]: line 1, column 16: expected a string, found a number"] },
        { """{"byNumber":{"x":{}}}""", ["by_number[x]", "the key is not a whole number"] },
        { """{"labels":{"a":"1","a":"2"}}""", ["the key is given twice"] },
        { """{"int32Value":1,"int32_value":1}""", ["int32_value: line 1, column 17: the field is given twice"] },
        { """{"left":"a","right":{}}""", ["only one of left, right may be given"] },
        { """{"tags":["a",null]}""", ["tags[1]: line 1, column 14: expected a string, found null"] },
        { """{"text":"\ud800"}""", ["text: line 1, column 9: the string has half of a surrogate pair"] },
        { """{"bytesValue":"a"}""", ["is not base64"] },
        { """{"at":"x"}""", ["\"x\" is not a google.protobuf.Timestamp"] },
        { string.Concat(Enumerable.Repeat("{\"inner\":", 101)), ["depth of 100"] },
    };

    public async Task InitializeAsync()
    {
        _host = await RestHost.StartAsync();
        _host.Echo.Unary = (request, _) =>
        {
            _received.Add(request);
            return Task.FromResult(request);
        };
    }

    public async Task DisposeAsync()
    {
        Assert.Empty(_host.Logs.At(LogLevel.Warning));
        await _host.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Path_OfATemplate_SetsItsFields(string requestLine, Everything expected)
    {
        var response = await _host.SendRawAsync(requestLine);

        Assert.Equal(200, response.Status);
        Assert.Equal(expected, Assert.Single(_received));
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Query_Valid_SetsItsFields(string query, Everything expected)
    {
        var response = await _host.SendRawAsync($"GET /query?{query}");

        Assert.Equal(200, response.Status);
        Assert.Equal(expected, Assert.Single(_received));
    }

    [Theory]
    [MemberData(nameof(BadTargets))]
    public async Task Target_Invalid_NamesEveryProblem(string target, string[] texts) =>
        AssertRejected(await _host.SendRawAsync($"GET {target}"), texts);

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_Valid_SetsItsFields(string body, Everything expected)
    {
        using var response = await _host.Client.PostAsync("/post", new StringContent(body));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, Assert.Single(_received));
    }

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task Body_Invalid_NamesEveryProblem(string body, string[] texts) => AssertRejected(await PostAsync(Encoding.UTF8.GetBytes(body)), texts);

    [Fact]
    public async Task Body_EndlesslyWrong_NamesSomeProblemsShortly()
    {
        var fields = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"{i}\":1"));

        var answer = await PostAsync(Encoding.UTF8.GetBytes($"{{\"{new string('x', 10_000)}\":1,{fields}}}"));

        Assert.Equal(400, answer.Status);
        Assert.InRange(answer.Body.Length, 100, 20_000);
    }

    [Fact]
    public async Task Body_InvalidUtf8_NamesWhere() =>
        AssertRejected(await PostAsync([.. "{\n\"text\":\""u8, 0xff, .. "\"}"u8]), ["line 2, column 9: the text is not valid UTF-8"]);

    [Fact]
    public async Task Query_BesideAWholeBody_IsRefused() =>
        AssertRejected(await _host.SendRawAsync("POST /post?text=a", "Content-Length: 0\r\n"), ["text: in the query: there is no such parameter"]);

    [Fact]
    public async Task Body_OfOneField_IsThatFieldAndSoIsTheResponse()
    {
        using var response = await _host.Client.PutAsync("/inner/a?int32_value=1", new StringContent("""{"name":"n"}"""));

        Assert.Equal("""{"name":"n","count":0}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(new Everything { Text = "a", Int32Value = 1, Inner = new Inner { Name = "n" } }, Assert.Single(_received));
    }

    [Fact]
    public async Task Body_OfARepeatedField_IsAList()
    {
        using var response = await _host.Client.PatchAsync("/tags?text=x", new StringContent("""["a","b"]"""));

        Assert.Equal("""["a","b"]""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Body_WhereNoneIsRead_IsIgnored()
    {
        var response = await _host.SendRawAsync("GET /query", "Content-Length: 5\r\n", "{bad}");

        Assert.Equal(200, response.Status);
    }

    [Fact]
    public async Task Body_Encoded_Is415()
    {
        var response = await _host.SendRawAsync("POST /post", "Content-Length: 2\r\nContent-Encoding: gzip\r\n", "{}");

        Assert.Equal(415, response.Status);
        Assert.Equal("identity", response.Headers["Accept-Encoding"]);
        Assert.Contains("gzip", response.Body);
    }

    [Fact]
    public async Task Body_DeclaredOverTheLimit_Is413BeforeItIsSent()
    {
        var response = await _host.SendRawAsync("POST /post", "Content-Length: 1048577\r\nExpect: 100-continue\r\n");

        Assert.Equal(413, response.Status);
        Assert.Contains("1048576", response.Body);
    }

    [Fact]
    public async Task Body_ChunkedOverTheLimit_Is413BeforeItEnds()
    {
        // The last chunk never comes: the answer must not wait for it.
        var chunk = "10000\r\n" + new string(' ', 0x10000) + "\r\n";

        var response = await _host.SendRawAsync("POST /post", "Transfer-Encoding: chunked\r\n", string.Concat(Enumerable.Repeat(chunk, 17)));

        Assert.Equal(413, response.Status);
    }

    [Fact]
    public async Task Body_OfTheLimit_IsRead()
    {
        var text = new string('x', (1024 * 1024) - """{"text":""}""".Length);

        using var response = await _host.Client.PostAsync("/post", new StringContent($$"""{"text":"{{text}}"}"""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(text, Assert.Single(_received).Text);
    }

    private async Task<RawResponse> PostAsync(byte[] body)
    {
        using var response = await _host.Client.PostAsync("/post", new ByteArrayContent(body));
        return new RawResponse((int)response.StatusCode, new Dictionary<string, string>(), await response.Content.ReadAsStringAsync());
    }

    private void AssertRejected(RawResponse response, string[] texts)
    {
        Assert.Equal(400, response.Status);
        var status = System.Text.Json.JsonDocument.Parse(response.Body).RootElement;
        Assert.Equal(3, status.GetProperty("code").GetInt32());
        var message = status.GetProperty("message").GetString()!;
        Assert.All(texts, text => Assert.Contains(text, message));
        var details = status.GetProperty("details").EnumerateArray().ToArray();
        Assert.Equal("INVALID_ARGUMENT", details[0].GetProperty("reason").GetString());
        Assert.Equal("type.googleapis.com/google.rpc.BadRequest", details[1].GetProperty("@type").GetString());
        Assert.NotEmpty(details[1].GetProperty("fieldViolations").EnumerateArray());
        Assert.Empty(_received);
    }
}
