using System.Text;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Rpc.Transcoding.Samples;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Bodies that are one field, or that are no object: what is sent, and what comes back.</summary>
public sealed class SampleAnswerTests(SampleHost host) : IClassFixture<SampleHost>
{
    public static TheoryData<string, string, string> Bodies => new()
    {
        { "POST /bodies/children", """[{},{}]""", "[EMPTY,EMPTY]" },
        { "POST /bodies/children", "[]", "[]" },
        { "POST /bodies/children", "null", "[]" },
        { "POST /bodies/children", "", "[]" },
        { "POST /bodies/map", """{"1":{"name":"a"}}""", """{"1":{"name":"a","count":0}}""" },
        { "POST /bodies/map", "", "{}" },
        { "POST /bodies/string", "\"a\\n\"", "\"a\\n\"" },
        { "POST /bodies/string", "", "\"\"" },
        { "POST /bodies/int64", "\"-5\"", "-5" },
        { "POST /bodies/bytes", "\"-_8\"", "\"+/8=\"" },
        { "POST /bodies/color", "1", "\"COLOR_RED\"" },
        { "POST /bodies/color", "9", "9" },
        { "POST /bodies/part", """{"count":1}""", """{"name":"","count":1}""" },
        { "POST /bodies/part", "null", "null" },
        { "POST /bodies/wrapper", "5", "5" },
        { "POST /bodies/wrapper", "", "null" },
        { "POST /bodies/wrapped-bytes", "\"_w\"", "\"/w==\"" },
        { "POST /bodies/wrapped-bytes", "null", "null" },
        { "POST /bodies/timestamp", "\"2020-01-01T00:00:00+01:00\"", "\"2019-12-31T23:00:00Z\"" },
        { "POST /bodies/value", "[null,{\"a\":1.5}]", "[null,{\"a\":1.5}]" },
        { "POST /bodies/value", "null", "null" },
        { "POST /bodies/any", """{"name":"a","@type":"type.googleapis.com/transcoding.samples.Part"}""", """{"@type":"type.googleapis.com/transcoding.samples.Part","name":"a","count":0}""" },
        { "POST /bodies/any", "{}", "{}" },
        { "POST /bodies/numbers", """[9223372036854775807,"-1"]""", "[9223372036854775807,-1]" },
        { "POST /roots/struct", """{"a":{"b":[1,"x",true,null]}}""", """{"a":{"b":[1,"x",true,null]}}""" },
        { "POST /roots/struct", "", "{}" },
        { "POST /roots/value", "null", "null" },
        { "POST /roots/value", "-1e-7", "-1E-07" },
        { "POST /roots/list", "[[],{}]", "[[],{}]" },
        { "POST /roots/any", """{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.5s"}""", """{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.500s"}""" },
        { "POST /roots/timestamp", "\"1970-01-01T00:00:00.000001Z\"", "\"1970-01-01T00:00:00.000001Z\"" },
        { "POST /roots/wrapper", "\"a\"", "\"a\"" },
        { "POST /roots/empty", "{}", "{}" },
        { "POST /roots/empty", "", "{}" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_OfOneFieldOrNoObject_IsReadAndWritten(string requestLine, string body, string expected)
    {
        var empty = await host.Rest.Client.GetStringAsync("/samples");
        host.TakeReceived();

        var response = await SendAsync(requestLine, "", body);
        host.TakeReceived();

        Assert.Equal(200, response.Status);
        Assert.Equal(expected.Replace("EMPTY", empty), response.Body);
    }

    [Fact]
    public async Task Body_OfOneField_LeavesTheOthersToPathAndQuery()
    {
        var response = await SendAsync("PATCH /samples/a?int32_value=5&child.string_value=refused", "", """{"stringValue":"b"}""");
        var right = await SendAsync("PATCH /samples/a?int32_value=5&part.count=6", "", """{"stringValue":"b"}""");

        Assert.Equal(400, response.Status);
        Assert.Contains("child is set by the path or the body", response.Body);
        Assert.Equal(200, right.Status);
        Assert.Equal(
            new Sample { Part = new Part { Name = "a", Count = 6 }, Int32Value = 5, Child = new Sample { StringValue = "b" } },
            host.TakeReceived());
    }

    [Fact]
    public async Task Body_OfAllAndAPath_ThePathWins()
    {
        await SendAsync("PUT /samples/path", "", """{"stringValue":"body","int32Value":1}""");

        Assert.Equal(new Sample { StringValue = "path", Int32Value = 1 }, host.TakeReceived());
    }

    [Fact]
    public async Task Body_OfAnotherMemberOfThePathsOneof_IsRefused()
    {
        var response = await SendAsync("POST /bodies/chosen/a", "", """{"chosenInt64":1}""");

        Assert.Equal(400, response.Status);
        Assert.Contains("chosen_string: in the path: chosen_int64 is given too", response.Body);
    }

    [Theory]
    [InlineData("POST /roots/file")]
    [InlineData("POST /bodies/file/a")]
    public async Task HttpBody_OfRequestAndResponse_IsTheBytesAndTheirType(string requestLine)
    {
        var response = await SendAsync(requestLine, "Content-Type: text/x-odd; charset=utf-8\r\n", "{ not JSON\n");

        Assert.Equal((200, "{ not JSON\n"), (response.Status, response.Body));
        Assert.Equal("text/x-odd; charset=utf-8", response.Headers["Content-Type"]);
        Assert.Equal("11", response.Headers["Content-Length"]);
        var file = new HttpBody { ContentType = "text/x-odd; charset=utf-8", Data = ByteString.CopyFromUtf8("{ not JSON\n") };
        Assert.Equal(requestLine.Contains("roots") ? file : new Sample { StringValue = "a", File = file }, host.TakeReceived());
    }

    [Fact]
    public async Task HttpBody_NoneSent_IsNoneAnswered()
    {
        var response = await host.Rest.SendRawAsync("POST /bodies/file/a", "Content-Length: 0\r\n");

        Assert.Equal((200, "", "0"), (response.Status, response.Body, response.Headers["Content-Length"]));
        Assert.False(response.Headers.ContainsKey("Content-Type"));
        Assert.Equal(new Sample { StringValue = "a" }, host.TakeReceived());
    }

    [Fact]
    public async Task Any_OfATypeInTheOptions_IsReadAndWritten()
    {
        const string Body = """{"@type":"type.googleapis.com/tests.v1.Ping"}""";
        await using var without = await RestHost.StartAsync(map: app => app.MapGrpcService<SampleService>(), add: AddReceived);
        await using var with = await RestHost.StartAsync(
            options => options.TypeRegistry = TypeRegistry.FromFiles(ShapesReflection.Descriptor),
            app => app.MapGrpcService<SampleService>(),
            AddReceived);

        using var refused = await without.Client.PostAsync("/roots/any", new StringContent(Body));
        using var accepted = await with.Client.PostAsync("/roots/any", new StringContent(Body));

        Assert.Equal(400, (int)refused.StatusCode);
        Assert.StartsWith(Body[..^1], await accepted.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Any_NestedWithoutEnd_IsAFaultAndNotAnEnd()
    {
        // Bytes in bytes: no parser of messages sees how deep it goes.
        var any = new Any();
        for (var level = 0; level < 2_000; level++)
            any = Any.Pack(any);
        await using var rest = await RestHost.StartAsync(
            map: app => app.MapGrpcService<FixedAnyService>(), add: services => services.AddSingleton(any));

        var response = await rest.SendRawAsync("POST /roots/any", "Content-Length: 0\r\n");

        Assert.Equal(500, response.Status);
        Assert.Single(rest.Logs.At(LogLevel.Error));
        Assert.Equal(200, (await rest.SendRawAsync("GET /query")).Status);
    }

    [Fact]
    public async Task Rule_OfAMethodWithoutRestForm_IsWarnedOfAndNotServed()
    {
        await using var rest = await RestHost.StartAsync(map: app => app.MapGrpcService<UnservedService>());

        Assert.Equal(404, (await rest.SendRawAsync("POST /unserved/collect", "Content-Length: 0\r\n")).Status);
        Assert.Equal(404, (await rest.SendRawAsync("GET /unserved/download")).Status);
        var warnings = rest.Logs.At(LogLevel.Warning);
        Assert.Contains(warnings, warning => warning.Contains("/transcoding.samples.UnservedService/Collect") && warning.Contains("it takes a stream"));
        Assert.Contains(warnings, warning => warning.Contains("Download") && warning.Contains("a stream of google.api.HttpBody"));
    }

    private static void AddReceived(IServiceCollection services) => services.AddSingleton<List<IMessage>>();

    private Task<RawResponse> SendAsync(string requestLine, string headers, string body) =>
        host.Rest.SendRawAsync(requestLine, $"{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n", body);
}
