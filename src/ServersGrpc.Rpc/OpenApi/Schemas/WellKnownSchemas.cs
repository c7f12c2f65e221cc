using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.OpenApi;

namespace ServersGrpc.Rpc.OpenApi.Schemas;

/// <summary>The schemas of the types of google.protobuf whose JSON is not that of their fields.</summary>
internal static class WellKnownSchemas
{
    private static readonly Dictionary<string, Func<OpenApiSchema>> ByName = new(StringComparer.Ordinal)
    {
        [Timestamp.Descriptor.FullName] = () => new() { Type = JsonSchemaType.String, Format = "date-time" },
        [Duration.Descriptor.FullName] = () => new()
        {
            Type = JsonSchemaType.String,
            Pattern = @"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$",
            Description = "Seconds, such as 1.5s.",
            Examples = [(JsonNode)"1.5s"],
        },
        [FieldMask.Descriptor.FullName] = () => new()
        {
            Type = JsonSchemaType.String,
            Description = "Paths of fields, joined by commas, such as name,owner.displayName.",
        },
        [Struct.Descriptor.FullName] = () => new() { Type = JsonSchemaType.Object, AdditionalProperties = new OpenApiSchema() },
        [ListValue.Descriptor.FullName] = () => new() { Type = JsonSchemaType.Array, Items = new OpenApiSchema() },
        [Value.Descriptor.FullName] = () => new() { Description = "Any JSON value." },
        [Any.Descriptor.FullName] = () => new()
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["@type"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Description = "Which message the other members are of: type.googleapis.com/ and its full name.",
                },
            },
            Required = new HashSet<string> { "@type" },
            AdditionalProperties = new OpenApiSchema(),
        },
    };

    /// <summary>A new schema of the type; null for types whose JSON is that of their fields.</summary>
    public static OpenApiSchema? Of(MessageDescriptor message) => ByName.GetValueOrDefault(message.FullName)?.Invoke();
}
