using Google.Protobuf;
using ServersGrpc.Tests.Rpc.Transcoding.Samples;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Every form of path and query: the request line, and the message in the JSON of the protobuf library, or what is said against it.</summary>
public sealed class SampleTargetTests(SampleHost host) : IClassFixture<SampleHost>
{
    public static TheoryData<string, string> Paths => new()
    {
        { "GET /samples", "{}" },
        { "GET /samples/a", """{"stringValue":"a"}""" },
        { "GET /samples/a%2Fb", """{"stringValue":"a/b"}""" },
        { "GET /samples/a%2fb%3F%25%20+", """{"stringValue":"a/b?% +"}""" },
        { "GET /samples/%E2%82%AC", """{"stringValue":"€"}""" },
        { "GET /samples/a:check", """{"stringValue":"a"}""" },
        { "GET /samples/a%3Acheck", """{"stringValue":"a:check"}""" },
        { "GET /samples/a:b:check", """{"stringValue":"a:b"}""" },
        { "GET /samples/a:Check", """{"stringValue":"a:Check"}""" },
        { "GET /samples/a:", """{"stringValue":"a:"}""" },
        { "GET /v1/shelves/1/books/2", """{"part":{"name":"shelves/1/books/2"}}""" },
        { "GET /v1/shelves/a%20b/books/c%2Fd", """{"part":{"name":"shelves/a b/books/c%2Fd"}}""" },
        { "GET /v1/shelves/1/books/2:read", """{"part":{"name":"shelves/1/books/2"}}""" },
        { "GET /v1/projects/p/parts/7", """{"part":{"part":{"name":"projects/p","count":7}}}""" },
        { "GET /v1/x/deep", """{"child":{"child":{"child":{"stringValue":"x"}}}}""" },
        { "GET /files", "{}" },
        { "GET /files/", """{"stringValue":""}""" },
        { "GET /files/a", """{"stringValue":"a"}""" },
        { "GET /files/a/b//c", """{"stringValue":"a/b//c"}""" },
        { "GET /files/a%2Fb/c%20d", """{"stringValue":"a%2Fb/c d"}""" },
        { "GET /files/a/b:stat", """{"stringValue":"a/b"}""" },
        { "GET /files/a:stat/b", """{"stringValue":"a:stat/b"}""" },
        { "GET /trees/roots/x", """{"stringValue":"roots/x"}""" },
        { "GET /trees/roots/x/y/z", """{"stringValue":"roots/x/y/z"}""" },
        { "GET /under/anything/-5", """{"int32Value":-5}""" },
        { "GET /under/anything/5/more/of/it", """{"int32Value":5}""" },
        { "GET /kinds/bool/true", """{"boolValue":true}""" },
        { "GET /kinds/bool/0", "{}" },
        { "GET /kinds/int64/-9223372036854775808", """{"int64Value":"-9223372036854775808"}""" },
        { "GET /kinds/double/-1.5e-3", """{"doubleValue":-0.0015}""" },
        { "GET /kinds/double/-Infinity", """{"doubleValue":"-Infinity"}""" },
        { "GET /kinds/bytes/-_8", """{"bytesValue":"+/8="}""" },
        { "GET /kinds/bytes/%2B%2F8%3D", """{"bytesValue":"+/8="}""" },
        { "GET /kinds/color/COLOR_CRIMSON", """{"colorValue":1}""" },
        { "GET /kinds/color/-5", """{"colorValue":-5}""" },
        { "GET /kinds/timestamp/2020-02-29T23:59:59.5-01:00", """{"timestamp":"2020-03-01T00:59:59.500Z"}""" },
        { "GET /kinds/duration/-0.25s", """{"duration":"-0.250s"}""" },
        { "GET /kinds/wrapper/0", """{"wrappedInt32":0}""" },
        { "GET /kinds/chosen/x", """{"chosenString":"x"}""" },
        { "GET /kinds/optional/0", """{"optionalInt32":0}""" },
        { "GET /fixed=x/one/end", """{"stringValue":"one"}""" },
        { "PURGE /samples/a", """{"stringValue":"a"}""" },
        { "DELETE /samples/a", """{"stringValue":"a"}""" },
        { "HEAD /only-head?string_value=a", """{"stringValue":"a"}""" },
        { "HEAD /samples?string_value=a", """{"stringValue":"a"}""" },
        { "GET /every-method", "{}" },
        { "OPTIONS /every-method", "{}" },
        { "BREW /every-method?int32_value=1", """{"int32Value":1}""" },
    };

    public static TheoryData<string, string> Queries => new()
    {
        { "", "{}" },
        { "&", "{}" },
        { "string_value=", "{}" },
        { "stringValue=a", """{"stringValue":"a"}""" },
        { "string_value=a%26b%3Dc", """{"stringValue":"a&b=c"}""" },
        { "string_value=a+b%2B%20", """{"stringValue":"a b+ "}""" },
        { "string%5Fvalue=a", """{"stringValue":"a"}""" },
        { "string_value==a=?", """{"stringValue":"=a=?"}""" },
        { "%40new-name=a", """{"@new-name":"a"}""" },
        { "renamed=a", """{"@new-name":"a"}""" },
        { "double_value=1e308&floatValue=-0.5", """{"doubleValue":1e308,"floatValue":-0.5}""" },
        { "double_value=NaN&float_value=Infinity", """{"doubleValue":"NaN","floatValue":"Infinity"}""" },
        { "int32_value=-2147483648&uint32_value=4294967295", """{"int32Value":-2147483648,"uint32Value":4294967295}""" },
        { "int64_value=9223372036854775807&uint64_value=18446744073709551615", """{"int64Value":"9223372036854775807","uint64Value":"18446744073709551615"}""" },
        { "sint32_value=-1&sint64_value=-2&fixed32_value=3&fixed64_value=4&sfixed32_value=-5&sfixed64_value=-6", """{"sint32Value":-1,"sint64Value":"-2","fixed32Value":3,"fixed64Value":"4","sfixed32Value":-5,"sfixed64Value":"-6"}""" },
        { "int32_value=1e3&int64_value=5.0", """{"int32Value":1000,"int64Value":"5"}""" },
        { "bool_value", """{"boolValue":true}""" },
        { "bool_value=t&optional_bool=F", """{"boolValue":true,"optionalBool":false}""" },
        { "bytes_value=%2B/8=", """{"bytesValue":"+/8="}""" },
        { "bytes_value=-_8", """{"bytesValue":"+/8="}""" },
        { "color_value=COLOR_RED", """{"colorValue":"COLOR_RED"}""" },
        { "color_value=77", """{"colorValue":77}""" },
        { "color_list=COLOR_RED&colorList=-5&color_list=0", """{"colorList":["COLOR_RED","COLOR_NEGATIVE","COLOR_UNSPECIFIED"]}""" },
        { "string_list=a&string_list=&string_list&string_list=a", """{"stringList":["a","","","a"]}""" },
        { "bool_list&bool_list=false", """{"boolList":[true,false]}""" },
        { "bytes_list=AQ&bytes_list=Ag==", """{"bytesList":["AQ==","Ag=="]}""" },
        { "uint64_list=1&uint64List=2", """{"uint64List":["1","2"]}""" },
        { "part.name=a&part.part.count=2", """{"part":{"name":"a","part":{"count":2}}}""" },
        { "child.stringList=a&child.string_list=b", """{"child":{"stringList":["a","b"]}}""" },
        { "child.child.child.child.int32Value=1", """{"child":{"child":{"child":{"child":{"int32Value":1}}}}}""" },
        { "optional_int32=0&optional_string=", """{"optionalInt32":0,"optionalString":""}""" },
        { "wrapped_double=1.5&wrapped_float=NaN&wrapped_int64=-1&wrapped_uint64=1&wrapped_int32=0&wrapped_uint32=2", """{"wrappedDouble":1.5,"wrappedFloat":"NaN","wrappedInt64":"-1","wrappedUint64":"1","wrappedInt32":0,"wrappedUint32":2}""" },
        { "wrapped_bool&wrapped_string=&wrapped_bytes=AQ", """{"wrappedBool":true,"wrappedString":"","wrappedBytes":"AQ=="}""" },
        { "wrapped_int64s=1&wrapped_int64s=2", """{"wrappedInt64s":["1","2"]}""" },
        { "timestamp=2020-01-02T03:04:05.678Z", """{"timestamp":"2020-01-02T03:04:05.678Z"}""" },
        { "timestamp=2020-01-02T03:04:05%2B01:00", """{"timestamp":"2020-01-02T02:04:05Z"}""" },
        { "timestamps=1970-01-01T00:00:00Z&timestamps=1970-01-01T00:00:01Z", """{"timestamps":["1970-01-01T00:00:00Z","1970-01-01T00:00:01Z"]}""" },
        { "duration=1.5s&child.duration=-3s", """{"duration":"1.500s","child":{"duration":"-3s"}}""" },
        { "field_mask=name,parentName.id", """{"fieldMask":"name,parentName.id"}""" },
        { "fieldMask=", """{"fieldMask":""}""" },
        { "null_value=NULL_VALUE&null_values=0", """{"nullValues":[null]}""" },
        { "chosen_int64=0", """{"chosenInt64":"0"}""" },
        { "chosen_part.name=a&chosen_part.count=1", """{"chosenPart":{"name":"a","count":1}}""" },
        { "chosen_wrapper=x", """{"chosenWrapper":"x"}""" },
    };

    public static TheoryData<string, string> Rejected => new()
    {
        { "/samples?string_value=%zz", "not percent-encoded UTF-8" },
        { "/samples?string_value=%4", "not percent-encoded UTF-8" },
        { "/samples?string_value=%C3", "not percent-encoded UTF-8" },
        { "/samples?%ff=a", "not percent-encoded UTF-8" },
        { "/samples?nope=1", "nope: in the query: there is no such parameter; there are doubleValue, " },
        { "/samples?String_Value=1", "there is no such parameter" },
        { "/samples?=1", "there is no such parameter" },
        { "/samples?part.=1", "part.: in the query: there is no such parameter" },
        { "/samples?string_value.length=1", "there is no such parameter" },
        { "/samples?string_value=&string_value", "string_value: in the query: the parameter is given twice" },
        { "/samples?string_value=a&stringValue=a", "the parameter is given twice" },
        { "/samples?part.name=a&part.name=b", "part.name: in the query: the parameter is given twice" },
        { "/samples?timestamp=1970-01-01T00:00:00Z&timestamp=1970-01-01T00:00:00Z", "the parameter is given twice" },
        { "/samples?wrapped_int32=1&wrapped_int32=2", "the parameter is given twice" },
        { "/samples?bool_value=&int32_value=", "bool_value: in the query: \\\"\\\" is not true (1 t T true TRUE True)" },
        { "/samples?int32_value=+1", "\\\" 1\\\" is not a whole number" },
        { "/samples?int32_value=%2B1", "\\\"+1\\\" is not a whole number" },
        { "/samples?int32_value=007", "\\\"007\\\" is not a whole number" },
        { "/samples?int32_value=0x1f", "is not a whole number" },
        { "/samples?int32_value=1%00", "is not a whole number" },
        { "/samples?int32_value=1e-30", "is not a whole number" },
        { "/samples?int64_value=9223372036854775808", "from -9223372036854775808 to 9223372036854775807" },
        { "/samples?uint32_value=-1", "from 0 to 4294967295" },
        { "/samples?float_value=3.5e38", "a number in the range of a 32-bit float" },
        { "/samples?double_value=1e309", "a number in the range of a 64-bit float" },
        { "/samples?double_value=.5", "is not a number" },
        { "/samples?double_value=nan", "is not a number" },
        { "/samples?bytes_value=A", "is not base64" },
        { "/samples?bytes_value=+/8=", "is not base64" },
        { "/samples?bytes_value=AQ%0A==", "is not base64" },
        { "/samples?color_value=color_red", "is not one of COLOR_UNSPECIFIED, COLOR_RED" },
        { "/samples?color_value=2147483648", "is not one of COLOR_UNSPECIFIED" },
        { "/samples?timestamp=2020-01-02", "is not a google.protobuf.Timestamp such as" },
        { "/samples?duration=5", "is not a google.protobuf.Duration such as" },
        { "/samples?field_mask=a_b", "is not a google.protobuf.FieldMask such as" },
        { "/samples?timestamp.seconds=5", "timestamp.seconds: in the query: a google.protobuf.Timestamp is given whole, not by its fields" },
        { "/samples?wrapped_int64.value=5", "a google.protobuf.Int64Value is given whole, not by its fields" },
        { "/samples?struct=x", "a google.protobuf.Struct can't be given in a query" },
        { "/samples?value=x", "a google.protobuf.Value can't be given in a query" },
        { "/samples?list_value=x", "a google.protobuf.ListValue can't be given in a query" },
        { "/samples?any.type_url=x", "a google.protobuf.Any can't be given in a query" },
        { "/samples?part=x", "an object can't be given in a query; name one of its fields" },
        { "/samples?empty=x", "an object can't be given in a query" },
        { "/samples?children=x", "a list of objects can't be given in a query" },
        { "/samples?children.string_value=x", "a list of objects can't be given in a query" },
        { "/samples?by_string=x", "a map can't be given in a query" },
        { "/samples?by_string.a=x", "a map can't be given in a query" },
        { "/samples?by_uint32.1.name=x", "a map can't be given in a query" },
        { "/samples?chosen_string=a&chosen_int64=1", "chosen_int64: in the query: chosen_string is given too, and only one of both may be" },
        { "/samples?chosen_part.name=a&chosen_wrapper=b", "chosen_wrapper: in the query: chosen_part is given too" },
        { "/samples?child.chosen_string=a&child.chosen_part.count=1", "child.chosen_part.count: in the query: chosen_string is given too" },
        { "/kinds/chosen/a?chosen_int64=1", "chosen_int64: in the query: chosen_string is given too" },
        { "/samples/a?string_value=b", "string_value is set by the path or the body and can't be set again" },
        { "/samples/a?stringValue=b", "string_value is set by the path" },
        { "/v1/shelves/1/books/2?part.name=x", "part.name is set by the path" },
        { "/v1/shelves/1/books/2?part.count=x&part.part.name=y", "part.count: in the query: \\\"x\\\" is not a whole number" },
        { "/samples/%ff", "string_value: in the path: \\\"%ff\\\" is not percent-encoded UTF-8" },
        { "/under/x/1.5", "int32_value: in the path: \\\"1.5\\\" is not a whole number" },
        { "/kinds/bool/yes", "bool_value: in the path: \\\"yes\\\" is not true" },
        { "/kinds/color/GREEN", "color_value: in the path: \\\"GREEN\\\" is not one of" },
        { "/kinds/timestamp/now", "timestamp: in the path: \\\"now\\\" is not a google.protobuf.Timestamp" },
        { "/kinds/bytes/%FF", "not percent-encoded UTF-8" },
    };

    public static TheoryData<string, int, string?> Unrouted => new()
    {
        { "GET /samples/", 404, null },
        { "GET /samples/a/b", 404, null },
        { "GET /Samples", 404, null },
        { "GET /v1/shelves/1/books/", 404, null },
        { "GET /v1/shelves//books/1", 404, null },
        { "GET /v1/shelves/1/books", 404, null },
        { "GET /v1/shelves/1/books/2:write", 200, null },
        { "GET /trees/roots", 404, null },
        { "GET /fixed=x/two/end", 404, null },
        { "GET /only-head", 405, "HEAD" },
        { "BREW /samples/a", 405, "DELETE, GET, HEAD, PATCH, PURGE, PUT" },
        { "POST /samples/a:check", 405, "DELETE, GET, HEAD, PATCH, PURGE, PUT" },
        { "PATCH /samples/a", 200, null },
        { "GET /bodies/map", 405, "POST" },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Path_OfEveryForm_SetsItsFields(string requestLine, string expected)
    {
        var response = await host.Rest.SendRawAsync(requestLine);

        Assert.Equal((200, Parse(expected)), (response.Status, host.TakeReceived()));
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Query_OfEveryForm_SetsItsFields(string query, string expected)
    {
        var response = await host.Rest.SendRawAsync($"GET /samples?{query}");

        Assert.Equal((200, Parse(expected)), (response.Status, host.TakeReceived()));
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public async Task Target_Wrong_SaysWhatIs(string target, string text)
    {
        var response = await host.Rest.SendRawAsync($"GET {target}");

        Assert.Equal(400, response.Status);
        Assert.Contains(text, response.Body);
        Assert.Null(host.TakeReceived());
    }

    [Theory]
    [MemberData(nameof(Unrouted))]
    public async Task Path_OfNoRule_IsNotFoundOrNotAllowed(string requestLine, int status, string? allow)
    {
        var response = await host.Rest.SendRawAsync(requestLine, "Content-Length: 0\r\n");

        Assert.Equal((status, allow), (response.Status, response.Headers.GetValueOrDefault("Allow")));
        Assert.Equal(status == 200, host.TakeReceived() is not null);
    }

    private static Sample Parse(string json) => JsonParser.Default.Parse<Sample>(json);
}
