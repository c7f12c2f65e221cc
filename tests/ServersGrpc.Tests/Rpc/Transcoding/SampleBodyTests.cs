using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using ServersGrpc.Tests.Rpc.Transcoding.Samples;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Every JSON mapping in requests: the body, and the message in the JSON of the protobuf library, or what is said against it.</summary>
public sealed class SampleBodyTests(SampleHost host) : IClassFixture<SampleHost>
{
    private const string Url = "type.googleapis.com/";

    private static readonly JsonParser Library = new(new JsonParser.Settings(100, TypeRegistry.FromFiles(SamplesReflection.Descriptor, ErrorDetailsReflection.Descriptor)));

    /// <summary>What the body says, and the same said so that the library reads it.</summary>
    public static TheoryData<string, string> Accepted => new()
    {
        // Numbers
        { """{"doubleValue":1e308,"floatValue":3.4028235e38}""", """{"doubleValue":1e308,"floatValue":3.4028235e38}""" },
        { """{"doubleValue":"-1.5","floatValue":"1e-45"}""", """{"doubleValue":-1.5,"floatValue":1e-45}""" },
        { """{"doubleValue":"NaN","floatValue":"-Infinity","doubleList":["Infinity","NaN",-0.0]}""", """{"doubleValue":"NaN","floatValue":"-Infinity","doubleList":["Infinity","NaN",-0.0]}""" },
        { """{"int32Value":1.0,"sint32Value":1e2,"sfixed32Value":-1.50e1,"uint32Value":100e-2}""", """{"int32Value":1,"sint32Value":100,"sfixed32Value":-15,"uint32Value":1}""" },
        { """{"int32Value":"1.0","uint32Value":"1E2"}""", """{"int32Value":1,"uint32Value":100}""" },
        { """{"int32Value":-2147483648,"uint32Value":4294967295,"fixed32Value":"4294967295"}""", """{"int32Value":-2147483648,"uint32Value":4294967295,"fixed32Value":4294967295}""" },
        { """{"int64Value":9223372036854775807,"uint64Value":18446744073709551615}""", """{"int64Value":"9223372036854775807","uint64Value":"18446744073709551615"}""" },
        { """{"int64Value":"-9223372036854775808","sint64Value":-9223372036854775808,"sfixed64Value":9007199254740993}""", """{"int64Value":"-9223372036854775808","sint64Value":"-9223372036854775808","sfixed64Value":"9007199254740993"}""" },
        { """{"fixed64Value":18446744073709551615.0,"int64List":[1,"2",3e0]}""", """{"fixed64Value":"18446744073709551615","int64List":["1","2","3"]}""" },
        { """{"int32Value":-0,"int64Value":0e99,"uint32Value":-0.0}""", "{}" },

        // Text and bytes
        { """{"stringValue":"\"\\\/\b\f\n\r\t\u0000\u00e9é"}""", """{"stringValue":"\"\\\/\b\f\n\r\t\u0000\u00e9é"}""" },
        { """{"stringValue":"\ud83d\uDE00😀"}""", """{"stringValue":"😀😀"}""" },
        { """{"bytesValue":"+/8="}""", """{"bytesValue":"+/8="}""" },
        { """{"bytesValue":"-_8="}""", """{"bytesValue":"+/8="}""" },
        { """{"bytesValue":"+/8"}""", """{"bytesValue":"+/8="}""" },
        { """{"bytesValue":"-_8"}""", """{"bytesValue":"+/8="}""" },
        { """{"bytesValue":"+_8="}""", """{"bytesValue":"+/8="}""" },
        { """{"bytesValue":"","bytesList":["","AQ","AQI","AQID"]}""", """{"bytesList":["","AQ==","AQI=","AQID"]}""" },

        // Enums and bools
        { """{"boolValue":true,"boolList":[false,true],"optionalBool":false}""", """{"boolValue":true,"boolList":[false,true],"optionalBool":false}""" },
        { """{"colorValue":"COLOR_CRIMSON","colorList":["COLOR_NEGATIVE",1,"1",-5,77]}""", """{"colorValue":1,"colorList":[-5,1,1,-5,77]}""" },
        { """{"colorValue":1.0,"optionalColor":0}""", """{"colorValue":1,"optionalColor":"COLOR_UNSPECIFIED"}""" },
        { """{"colorValue":-2147483648}""", """{"colorValue":-2147483648}""" },

        // Names, presence and null
        { """{"int32_value":1,"stringValue":"a","string_list":["b"]}""", """{"int32Value":1,"stringValue":"a","stringList":["b"]}""" },
        { """{"@new-name":"a"}""", """{"@new-name":"a"}""" },
        { """{"renamed":"a"}""", """{"@new-name":"a"}""" },
        { """{"\u0069nt32\u0056alue":1}""", """{"int32Value":1}""" },
        { """{"optionalInt32":0,"optionalUint64":"0","optionalDouble":0,"optionalString":"","optionalBytes":""}""", """{"optionalInt32":0,"optionalUint64":"0","optionalDouble":0,"optionalString":"","optionalBytes":""}""" },
        { """{"int32Value":null,"stringValue":null,"bytesValue":null,"colorValue":null,"optionalInt32":null,"child":null,"int32List":null,"byString":null}""", "{}" },
        { """{"timestamp":null,"duration":null,"fieldMask":null,"struct":null,"listValue":null,"any":null,"empty":null,"values":null,"nullValues":null,"bySint64":null}""", "{}" },
        { """{"wrappedInt32":null,"wrappedBool":null,"wrappedString":null,"wrappedBytes":null}""", "{}" },

        // Messages, lists and maps
        { """{"child":{"child":{"part":{"part":{}}}},"children":[{},{"children":[{}]}]}""", """{"child":{"child":{"part":{"part":{}}}},"children":[{},{"children":[{}]}]}""" },
        { """{"int32List":[],"byString":{}}""", "{}" },
        { """{"byString":{"":"","a":"b","A":"c","\u00e9":"d"}}""", """{"byString":{"":"","a":"b","A":"c","é":"d"}}""" },
        { """{"byInt32":{"-1":1.5,"2":"NaN"},"byInt64":{"-9223372036854775808":"COLOR_RED","1":77}}""", """{"byInt32":{"-1":1.5,"2":"NaN"},"byInt64":{"-9223372036854775808":"COLOR_RED","1":77}}""" },
        { """{"byUint32":{"4294967295":{"name":"a"}},"byUint64":{"18446744073709551615":"_w"}}""", """{"byUint32":{"4294967295":{"name":"a"}},"byUint64":{"18446744073709551615":"/w=="}}""" },
        { """{"bySint32":{"-1":"1970-01-01T00:00:00Z"},"bySint64":{"-1":null,"1":[1]}}""", """{"bySint32":{"-1":"1970-01-01T00:00:00Z"},"bySint64":{"-1":null,"1":[1]}}""" },
        { """{"byFixed32":{"1":"5"},"byFixed64":{"1":{"@type":"type.googleapis.com/transcoding.samples.Part"}}}""", """{"byFixed32":{"1":"5"},"byFixed64":{"1":{"@type":"type.googleapis.com/transcoding.samples.Part"}}}""" },
        { """{"bySfixed32":{"-2147483648":"Infinity"},"bySfixed64":{"1":{"a":[{}]}}}""", """{"bySfixed32":{"-2147483648":"Infinity"},"bySfixed64":{"1":{"a":[{}]}}}""" },
        { """{"byBool":{"true":1,"false":"2"}}""", """{"byBool":{"true":"1","false":"2"}}""" },

        // Oneofs
        { """{"chosenString":""}""", """{"chosenString":""}""" },
        { """{"chosenInt64":0}""", """{"chosenInt64":"0"}""" },
        { """{"chosenNull":null}""", """{"chosenNull":null}""" },
        { """{"chosenNull":"NULL_VALUE"}""", """{"chosenNull":null}""" },
        { """{"chosenValue":null}""", """{"chosenValue":null}""" },
        { """{"chosenPart":{}}""", """{"chosenPart":{}}""" },
        { """{"chosenWrapper":""}""", """{"chosenWrapper":""}""" },
        { """{"chosenString":null,"chosenInt64":1}""", """{"chosenInt64":"1"}""" },
        { """{"chosenInt64":1,"chosenPart":null}""", """{"chosenInt64":"1"}""" },

        // Wrappers
        { """{"wrappedDouble":0,"wrappedFloat":"NaN","wrappedInt64":1,"wrappedUint64":"2","wrappedInt32":0,"wrappedUint32":3}""", """{"wrappedDouble":0,"wrappedFloat":"NaN","wrappedInt64":"1","wrappedUint64":"2","wrappedInt32":0,"wrappedUint32":3}""" },
        { """{"wrappedBool":false,"wrappedString":"","wrappedBytes":"_w"}""", """{"wrappedBool":false,"wrappedString":"","wrappedBytes":"/w=="}""" },
        { """{"wrappedStrings":["",""],"wrappedUint64s":[18446744073709551615],"wrappedBools":[true]}""", """{"wrappedStrings":["",""],"wrappedUint64s":["18446744073709551615"],"wrappedBools":[true]}""" },

        // Timestamp
        { """{"timestamp":"0001-01-01T00:00:00Z"}""", """{"timestamp":"0001-01-01T00:00:00Z"}""" },
        { """{"timestamp":"9999-12-31T23:59:59.999999999Z"}""", """{"timestamp":"9999-12-31T23:59:59.999999999Z"}""" },
        { """{"timestamp":"2020-02-29T12:00:00.1Z"}""", """{"timestamp":"2020-02-29T12:00:00.100Z"}""" },
        { """{"timestamp":"2020-01-01T00:00:00+18:00"}""", """{"timestamp":"2019-12-31T06:00:00Z"}""" },
        { """{"timestamp":"2020-01-01T00:00:00.123456789-09:30"}""", """{"timestamp":"2020-01-01T09:30:00.123456789Z"}""" },
        { """{"timestamp":"1969-12-31T23:59:59.5+00:00"}""", """{"timestamp":"1969-12-31T23:59:59.500Z"}""" },
        { """{"timestamps":["1970-01-01T00:00:00Z"]}""", """{"timestamps":["1970-01-01T00:00:00Z"]}""" },

        // Duration
        { """{"duration":"0s"}""", """{"duration":"0s"}""" },
        { """{"duration":"1.000000001s","durations":["-0.000000001s","-1.5s"]}""", """{"duration":"1.000000001s","durations":["-0.000000001s","-1.5s"]}""" },
        { """{"durations":["315576000000s","-315576000000s"]}""", """{"durations":["315576000000s","-315576000000s"]}""" },

        // FieldMask
        { """{"fieldMask":""}""", """{"fieldMask":""}""" },
        { """{"fieldMask":"a,fooBar.bazQux,b1"}""", """{"fieldMask":"a,fooBar.bazQux,b1"}""" },

        // Struct, Value, ListValue, NullValue
        { """{"struct":{}}""", """{"struct":{}}""" },
        { """{"struct":{"a":null,"b":true,"c":-1.5e10,"d":"x","e":[],"f":{"a":[[{}]]},"":0}}""", """{"struct":{"a":null,"b":true,"c":-1.5e10,"d":"x","e":[],"f":{"a":[[{}]]},"":0}}""" },
        { """{"value":null}""", """{"value":null}""" },
        { """{"value":"NaN"}""", """{"value":"NaN"}""" },
        { """{"value":{"a":[1,"2",null,false,{}]}}""", """{"value":{"a":[1,"2",null,false,{}]}}""" },
        { """{"values":[null,1,"",[],{}]}""", """{"values":[null,1,"",[],{}]}""" },
        { """{"listValue":[null,[null],{}]}""", """{"listValue":[null,[null],{}]}""" },
        { """{"nullValue":null,"nullValues":[null,"NULL_VALUE",0]}""", """{"nullValues":[null,null,null]}""" },

        // Any and Empty
        { AnyOf("transcoding.samples.Part", "\"name\":\"a\""), AnyOf("transcoding.samples.Part", "\"name\":\"a\"") },
        { """{"any":{"count":1,"part":{"name":"@type"},"@type":"type.googleapis.com/transcoding.samples.Part"}}""", AnyOf("transcoding.samples.Part", "\"count\":1,\"part\":{\"name\":\"@type\"}") },
        { """{"any":{"@type":"https://example.com/x/transcoding.samples.Part"}}""", """{"any":{"@type":"https://example.com/x/transcoding.samples.Part"}}""" },
        { AnyOf("google.protobuf.Timestamp", "\"value\":\"1970-01-01T00:00:00Z\""), AnyOf("google.protobuf.Timestamp", "\"value\":\"1970-01-01T00:00:00Z\"") },
        { AnyOf("google.protobuf.Duration", "\"value\":\"1.5s\""), AnyOf("google.protobuf.Duration", "\"value\":\"1.5s\"") },
        { AnyOf("google.protobuf.FieldMask", "\"value\":\"aB\""), AnyOf("google.protobuf.FieldMask", "\"value\":\"aB\"") },
        { AnyOf("google.protobuf.Int64Value", "\"value\":9223372036854775807"), AnyOf("google.protobuf.Int64Value", "\"value\":\"9223372036854775807\"") },
        { AnyOf("google.protobuf.StringValue", "\"value\":null"), AnyOf("google.protobuf.StringValue", "\"value\":\"\"") },
        { AnyOf("google.protobuf.Struct", "\"value\":{\"value\":{}}"), AnyOf("google.protobuf.Struct", "\"value\":{\"value\":{}}") },
        { AnyOf("google.protobuf.Value", "\"value\":null"), AnyOf("google.protobuf.Value", "\"value\":null") },
        { AnyOf("google.protobuf.ListValue", "\"value\":[1]"), AnyOf("google.protobuf.ListValue", "\"value\":[1]") },
        { AnyOf("google.protobuf.Any", $"\"value\":{{\"@type\":\"{Url}transcoding.samples.Part\",\"count\":1}}"), AnyOf("google.protobuf.Any", $"\"value\":{{\"@type\":\"{Url}transcoding.samples.Part\",\"count\":1}}") },
        { AnyOf("google.protobuf.Empty", "\"value\":{}"), AnyOf("google.protobuf.Empty", "\"value\":{}") },
        { AnyOf("google.protobuf.Empty", ""), AnyOf("google.protobuf.Empty", "\"value\":{}") },
        { AnyOf("transcoding.samples.Sample", AnyOf("transcoding.samples.Part", "")[1..^1]), AnyOf("transcoding.samples.Sample", AnyOf("transcoding.samples.Part", "")[1..^1]) },
        { AnyOf("google.rpc.RetryInfo", "\"retryDelay\":\"1s\""), AnyOf("google.rpc.RetryInfo", "\"retryDelay\":\"1s\"") },
        { """{"empty":{}}""", """{"empty":{}}""" },

        // The text itself
        { "\uFEFF{\"int32Value\":1}", """{"int32Value":1}""" },
        { " \t\r\n{ \"int32Value\" : 1 }\n", """{"int32Value":1}""" },
        { "\r\n", "{}" },
    };

    public static TheoryData<string, string> Rejected => new()
    {
        { "null", "line 1, column 1: expected an object, {…}, found null" },
        { "5", "expected an object, {…}, found a number" },
        { "\"{}\"", "expected an object, {…}, found a string" },
        { "{}{}", "line 1, column 3: not JSON" },
        { "{\"int32Value\":1", "not JSON" },
        { "{'int32Value':1}", "not JSON" },
        { "{int32Value:1}", "not JSON" },
        { """{"int32Value":01}""", "not JSON" },
        { """{"int32Value":+1}""", "not JSON" },
        { """{"doubleValue":.5}""", "not JSON" },
        { """{"doubleValue":NaN}""", "not JSON" },
        { """{"int32Value":1,}""", "not JSON" },
        { """{"int32List":[1,]}""", "not JSON" },
        { "{/**/}", "not JSON" },
        { "{\"stringValue\":\"\n\"}", "not JSON" },
        { "{\"stringValue\":\"\\x\"}", "not JSON" },
        { """{"stringValue":"\ud800"}""", "string_value: line 1, column 16: the string has half of a surrogate pair" },
        { """{"stringValue":"\udc00\ud800"}""", "half of a surrogate pair" },
        { """{"\ud800":1}""", "half of a surrogate pair" },
        { """{"byString":{"\ud800":"a"}}""", "half of a surrogate pair" },
        { """{"struct":{"\ud800":1}}""", "half of a surrogate pair" },
        { """{"value":"\ud800"}""", "half of a surrogate pair" },
        { """{"any":{"\ud800":1,"@type":"type.googleapis.com/transcoding.samples.Part"}}""", "half of a surrogate pair" },
        { """{"nope":1}""", "nope: line 1, column 2: there is no such field; there are doubleValue, " },
        { """{"Int32Value":1}""", "there is no such field" },
        { """{"child":{"children":[{},{"nope":1}]}}""", "child.children[1].nope: line 1, column 27: there is no such field" },
        { """{"byUint32":{"7":{"nope":1}}}""", "by_uint32[7].nope" },
        { """{"int32Value":1,"int32_value":1}""", "int32_value: line 1, column 17: the field is given twice" },
        { """{"int32Value":null,"int32Value":1}""", "the field is given twice" },
        { """{"nope":1,"nope":1}""", "the field is given twice" },
        { """{"int32Value":2147483648}""", "2147483648 is not a whole number from -2147483648 to 2147483647" },
        { """{"int32Value":-2147483649}""", "is not a whole number" },
        { """{"uint32Value":-1}""", "is not a whole number from 0 to 4294967295" },
        { """{"int64Value":9223372036854775808}""", "is not a whole number" },
        { """{"int64Value":"-9223372036854775809"}""", "is not a whole number" },
        { """{"uint64Value":18446744073709551616}""", "is not a whole number from 0 to 18446744073709551615" },
        { """{"int64Value":9223372036854775807.5}""", "is not a whole number" },
        { """{"int32Value":1.5}""", "is not a whole number" },
        { """{"int32Value":1e-30}""", "1e-30 is not a whole number" },
        { """{"int32Value":1e999999999}""", "is not a whole number" },
        { """{"int32Value":""}""", "is not a whole number" },
        { """{"int32Value":" 1"}""", "is not a whole number" },
        { """{"int32Value":"1 "}""", "is not a whole number" },
        { """{"int32Value":"+1"}""", "is not a whole number" },
        { """{"int32Value":"01"}""", "is not a whole number" },
        { """{"int32Value":"0x1"}""", "is not a whole number" },
        { """{"int32Value":"1\u0000"}""", "is not a whole number" },
        { """{"int32Value":true}""", "expected a whole number from -2147483648 to 2147483647, found true" },
        { """{"int32Value":[1]}""", "found a list" },
        { """{"int32List":1}""", "expected a list, […], found a number" },
        { """{"int32List":[null]}""", "int32_list[0]: line 1, column 15: expected a whole number from -2147483648 to 2147483647, found null" },
        { """{"floatValue":3.5e38}""", "a number in the range of a 32-bit float" },
        { """{"doubleValue":1e309}""", "a number in the range of a 64-bit float" },
        { """{"doubleValue":"nan"}""", "is not a number" },
        { """{"doubleValue":"+Infinity"}""", "is not a number" },
        { """{"doubleValue":"1."}""", "is not a number" },
        { """{"stringValue":5}""", "expected a string, found a number" },
        { """{"bytesValue":[1]}""", "expected base64, found a list" },
        { """{"bytesValue":"A"}""", "is not base64" },
        { """{"bytesValue":"AQ==="}""", "is not base64" },
        { """{"bytesValue":"A Q=="}""", "is not base64" },
        { """{"bytesValue":"AQ==AQ=="}""", "is not base64" },
        { """{"bytesValue":"é"}""", "is not base64" },
        { """{"boolValue":1}""", "expected true or false, found a number" },
        { """{"boolValue":"false"}""", "expected true or false, found a string" },
        { """{"colorValue":"RED"}""", "is not one of COLOR_UNSPECIFIED, COLOR_RED, COLOR_CRIMSON, COLOR_NEGATIVE" },
        { """{"colorValue":"color_red"}""", "is not one of" },
        { """{"colorValue":1.5}""", "is not one of" },
        { """{"colorValue":2147483648}""", "is not one of" },
        { """{"colorList":[null]}""", "found null" },
        { """{"children":[null]}""", "children[0]: line 1, column 14: expected an object, {…}, found null" },
        { """{"byString":{"a":null}}""", "by_string[a]: line 1, column 18: expected a string, found null" },
        { """{"byUint32":{"1":null}}""", "expected an object, {…}, found null" },
        { """{"byString":[]}""", "expected an object, {…}, found a list" },
        { """{"byInt32":{"a":1}}""", "by_int32[a]: line 1, column 13: the key is not a whole number" },
        { """{"byInt32":{"2147483648":1}}""", "the key is not a whole number from -2147483648 to 2147483647" },
        { """{"byUint64":{"-1":""}}""", "the key is not a whole number" },
        { """{"byBool":{"1":1}}""", "the key is not true or false" },
        { """{"byBool":{"True":1}}""", "the key is not true or false" },
        { """{"byString":{"a":"1","\u0061":"2"}}""", "by_string[a]: line 1, column 22: the key is given twice" },
        { """{"byInt32":{"1":1,"1.0":2}}""", "the key is given twice" },
        { """{"chosenString":"a","chosenInt64":1}""", "chosen_int64: line 1, column 21: only one of chosen_string, chosen_int64, " },
        { """{"chosenNull":null,"chosenValue":null}""", "only one of chosen_string" },
        { """{"wrappedInt32":{"value":1}}""", "wrapped_int32: line 1, column 17: expected a whole number" },
        { """{"wrappedInt32s":[null]}""", "wrapped_int32s[0]: line 1, column 19: expected a whole number from -2147483648 to 2147483647, found null" },
        { """{"wrappedBool":"true"}""", "expected true or false" },
        { """{"timestamp":0}""", "expected a google.protobuf.Timestamp such as 2020-01-02T03:04:05.678Z, of the years 1 to 9999, found a number" },
        { """{"timestamp":{"seconds":1}}""", "found an object" },
        { """{"timestamps":[null]}""", "timestamps[0]" },
        { """{"timestamp":"0000-12-31T23:59:59Z"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"0001-01-01T00:00:00+00:01"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"9999-12-31T23:59:59-00:01"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"10000-01-01T00:00:00Z"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2021-02-29T00:00:00Z"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-01-01T24:00:00Z"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2016-12-31T23:59:60Z"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-01-01T00:00:00"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-01-01t00:00:00z"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-01-01 00:00:00Z"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-01-01T00:00:00.Z"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-01-01T00:00:00.1234567890Z"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-01-01T00:00:00-00:00"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-01-01T00:00:00+18:01"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-01-01T00:00:00+0100"}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-01-01T00:00:00Z "}""", "is not a google.protobuf.Timestamp" },
        { """{"timestamp":"2020-1-1T00:00:00Z"}""", "is not a google.protobuf.Timestamp" },
        { """{"duration":"1"}""", "is not a google.protobuf.Duration" },
        { """{"duration":1}""", "expected a google.protobuf.Duration" },
        { """{"duration":"s"}""", "is not a google.protobuf.Duration" },
        { """{"duration":"1.s"}""", "is not a google.protobuf.Duration" },
        { """{"duration":".5s"}""", "is not a google.protobuf.Duration" },
        { """{"duration":"01s"}""", "is not a google.protobuf.Duration" },
        { """{"duration":"+1s"}""", "is not a google.protobuf.Duration" },
        { """{"duration":"1.0000000000s"}""", "is not a google.protobuf.Duration" },
        { """{"duration":"315576000001s"}""", "is not a google.protobuf.Duration" },
        { """{"duration":"-315576000001s"}""", "is not a google.protobuf.Duration" },
        { """{"duration":"99999999999999999999s"}""", "is not a google.protobuf.Duration" },
        { """{"duration":"1m"}""", "is not a google.protobuf.Duration" },
        { """{"fieldMask":"foo_bar"}""", "is not a google.protobuf.FieldMask" },
        { """{"fieldMask":["a"]}""", "expected a google.protobuf.FieldMask" },
        { """{"struct":[]}""", "struct: line 1, column 11: expected an object, {…}, found a list" },
        { """{"struct":{"a":1,"a":2}}""", "struct.a: line 1, column 18: the key is given twice" },
        { """{"struct":{"a":[0,{"b":1e400}]}}""", "struct.a[1].b: line 1, column 24: 1e400 is not a number in the range of a 64-bit float" },
        { """{"listValue":{}}""", "expected a list, […], found an object" },
        { """{"nullValue":"NULL"}""", "is not one of NULL_VALUE" },
        { """{"empty":{"a":1}}""", "empty.a: line 1, column 11: there is no such field; there are none" },
        { """{"empty":[]}""", "expected an object" },
        { """{"any":{"name":"a"}}""", "any: line 1, column 8: the object does not name its type in \"@type\"" },
        { """{"any":{"@type":5}}""", "expected a string as \"@type\", found a number" },
        { """{"any":{"@type":""}}""", "\"\" names no type that is known here" },
        { """{"any":{"@type":"transcoding.samples.Part"}}""", "names no type that is known here" },
        { AnyOf("unknown.Type", "\"value\":\"\""), "\"type.googleapis.com/unknown.Type\" names no type that is known here" },
        { AnyOf("transcoding.samples.Sample.ByStringEntry", "\"key\":\"a\""), "names no type that is known here" },
        { AnyOf("transcoding.samples.Color", ""), "names no type that is known here" },
        { AnyOf("transcoding.samples.Part", "\"nope\":1"), "any.nope: " },
        { AnyOf("transcoding.samples.Part", "\"part\":{\"count\":\"x\"}"), "any.part.count: " },
        { AnyOf("transcoding.samples.Part", $"\"@type\":\"{Url}transcoding.samples.Part\""), "the field is given twice" },
        { "{\"any\":{\n\"name\": tru,\n\"@type\":\"\"}}", "any: line 2, column 12: not JSON" },
        { AnyOf("google.protobuf.Timestamp", ""), "a google.protobuf.Timestamp is expected as \"value\"" },
        { AnyOf("google.protobuf.Timestamp", "\"value\":\"x\""), "any.value: " },
        { AnyOf("google.protobuf.Timestamp", "\"seconds\":1"), "there is no such member; there are @type, value" },
        { AnyOf("google.protobuf.Timestamp", "\"value\":\"1970-01-01T00:00:00Z\",\"value\":\"1970-01-01T00:00:00Z\""), "the member is given twice" },
        { AnyOf("google.protobuf.Any", $"\"value\":{{\"@type\":\"{Url}unknown.Type\"}}"), "any.value: " },
    };

    /// <summary>How texts of each kind of recursion begin, what they go on with for ever, and a field on the way.</summary>
    public static TheoryData<string, string, string> Endless => new()
    {
        { "", """{"child":""", "child.child.child" },
        { "", """{"children":[""", "children[0].children[0]" },
        { """{"struct":""", """{"a":""", "struct.a.a" },
        { """{"struct":""", """{"a":[""", "struct.a[0].a" },
        { """{"value":""", "[", "value[0][0]" },
        { """{"listValue":""", "[", "list_value[0][0]" },
        { """{"bySint64":{"1":""", "[", "by_sint64[1][0]" },
        { """{"any":""", """{"@type":"type.googleapis.com/google.protobuf.Any","value":""", "any.value.value" },
        { """{"any":""", """{"value":""", "any" },
        { """{"nope":""", "[", "nope" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task Body_OfEveryMapping_SetsItsFields(string body, string expected)
    {
        var response = await PostAsync("/samples", body);

        Assert.Equal((200, Library.Parse<Sample>(expected)), (response.Status, host.TakeReceived()));
    }

    [Fact]
    public async Task Body_WithAnAnyOfNothing_SetsIt()
    {
        // A form that the library does not read.
        var response = await PostAsync("/samples", """{"any":{},"anys":[{}]}""");

        Assert.Equal((200, new Sample { Any = new Any(), Anys = { new Any() } }), (response.Status, host.TakeReceived()));
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public async Task Body_Wrong_SaysWhatIs(string body, string text)
    {
        var response = await PostAsync("/samples", body);

        Assert.Equal(400, response.Status);
        using var status = JsonDocument.Parse(response.Body);
        Assert.Contains(text, status.RootElement.GetProperty("message").GetString());
        Assert.Null(host.TakeReceived());
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Body_NestedWithoutEnd_IsRefusedWhereItIsTooDeep(string start, string level, string path)
    {
        var levels = Math.Min(100_000, 1_000_000 / level.Length);

        var response = await PostAsync("/samples", start + string.Concat(Enumerable.Repeat(level, levels)));

        Assert.Equal(400, response.Status);
        Assert.Contains("depth of 100", response.Body);
        Assert.Contains(path, response.Body);
        Assert.Null(host.TakeReceived());
    }

    private static string AnyOf(string type, string members) =>
        $$$"""{"any":{"@type":"{{{Url}}}{{{type}}}"{{{(members.Length > 0 ? "," : "")}}}{{{members}}}}}""";

    private Task<RawResponse> PostAsync(string target, string body) =>
        host.Rest.SendRawAsync($"POST {target}", $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n", body);
}
