using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;

namespace ServersGrpc.Rpc.OpenApi.Schemas;

/// <summary>The schemas of values that are no messages: as the JSON of the REST face has them, 64-bit integers as numbers.</summary>
internal static class ScalarSchemas
{
    public static OpenApiSchema Of(FieldType type) => type switch
    {
        FieldType.String => new() { Type = JsonSchemaType.String },
        FieldType.Bytes => new() { Type = JsonSchemaType.String, ContentEncoding = "base64" },
        FieldType.Bool => new() { Type = JsonSchemaType.Boolean },
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => new() { Type = JsonSchemaType.Integer, Format = "int32" },
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => new() { Type = JsonSchemaType.Integer, Format = "int64" },
        // Few know these formats, so that the lower bound is said as well.
        FieldType.UInt32 or FieldType.Fixed32 => new() { Type = JsonSchemaType.Integer, Format = "uint32", Minimum = "0" },
        FieldType.UInt64 or FieldType.Fixed64 => new() { Type = JsonSchemaType.Integer, Format = "uint64", Minimum = "0" },
        FieldType.Float => Floating("float"),
        FieldType.Double => Floating("double"),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This type is no scalar."),
    };

    /// <summary>The schema of the value or null.</summary>
    public static OpenApiSchema OrNull(OpenApiSchema schema)
    {
        if (schema.AnyOf is { } choices)
            choices.Add(new OpenApiSchema { Type = JsonSchemaType.Null });
        else
            schema.Type |= JsonSchemaType.Null;
        return schema;
    }

    private static OpenApiSchema Floating(string format) => new()
    {
        AnyOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.Number, Format = format },
            new OpenApiSchema { Type = JsonSchemaType.String, Enum = [(JsonNode)"NaN", (JsonNode)"Infinity", (JsonNode)"-Infinity"] },
        ],
    };
}
