using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.OpenApi;
using ServersGrpc.Rpc.Transcoding.Json;

namespace ServersGrpc.Rpc.OpenApi.Schemas;

/// <summary>The schemas of a document's messages and enums: each stands once, among the components, and is referred to.</summary>
internal sealed class SchemaCatalog(OpenApiDocument document, ContractComments comments)
{
    private readonly Dictionary<(MessageDescriptor, SchemaUse), string> _messages = [];
    private readonly Dictionary<EnumDescriptor, string> _enums = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>The schema of a message.</summary>
    public IOpenApiSchema Of(MessageDescriptor message, SchemaUse use)
    {
        if (WellKnownTypes.WrappedValue(message) is { } wrapped)
            return ScalarSchemas.OrNull(ScalarSchemas.Of(wrapped.FieldType));
        if (WellKnownSchemas.Of(message) is { } schema)
            return schema;
        if (!_messages.TryGetValue((message, use), out var id))
        {
            _messages.Add((message, use), id = NewId(message, use == SchemaUse.Request ? "Input" : ""));
            // Registered before its fields are looked at: a message may contain itself.
            var component = new OpenApiSchema();
            document.AddComponent(id, component);
            Describe(component, message, use, message.Fields.InDeclarationOrder());
        }
        return new OpenApiSchemaReference(id, document);
    }

    /// <summary>The schema of a request without some of its fields, which are given elsewhere.</summary>
    public IOpenApiSchema OfRequestWithout(MessageDescriptor message, IReadOnlyCollection<FieldDescriptor> left)
    {
        if (left.Count == 0)
            return Of(message, SchemaUse.Request);
        var schema = new OpenApiSchema();
        Describe(schema, message, SchemaUse.Request, message.Fields.InDeclarationOrder().Except(left));
        return schema;
    }

    /// <summary>The schema of a message inside of an Any.</summary>
    public OpenApiSchema OfPacked(MessageDescriptor message)
    {
        var schema = new OpenApiSchema();
        Describe(schema, message, SchemaUse.Response, message.Fields.InDeclarationOrder());
        schema.Properties!["@type"] = new OpenApiSchema { Type = JsonSchemaType.String, Const = $"type.googleapis.com/{message.FullName}" };
        schema.Required!.Add("@type");
        return schema;
    }

    /// <summary>The schema of a field, with what its comment says.</summary>
    public IOpenApiSchema Of(FieldDescriptor field, SchemaUse use)
    {
        var schema = field switch
        {
            { IsMap: true } => new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                AdditionalProperties = OfElement(field.MessageType.FindFieldByNumber(2), use),
            },
            { IsRepeated: true } => new OpenApiSchema { Type = JsonSchemaType.Array, Items = OfElement(field, use) },
            _ => OfElement(field, use),
        };
        if (comments.Of(field) is { } comment)
            schema.Description = comment;
        if (field.GetOptions()?.Deprecated == true)
            Deprecate(schema);
        return schema;
    }

    /// <summary>The schema of one value of a field.</summary>
    public IOpenApiSchema OfElement(FieldDescriptor field, SchemaUse use) => field.FieldType switch
    {
        FieldType.Message => Of(field.MessageType, use),
        FieldType.Enum => Of(field.EnumType),
        _ => ScalarSchemas.Of(field.FieldType),
    };

    private IOpenApiSchema Of(EnumDescriptor type)
    {
        if (type.FullName == NullValueName)
            return new OpenApiSchema { Type = JsonSchemaType.Null };
        if (!_enums.TryGetValue(type, out var id))
        {
            _enums.Add(type, id = NewId(type, ""));
            var values = from value in type.Values
                         let comment = comments.Of(value)
                         where comment is not null
                         select $"- {value.Name}: {comment}";
            string[] lines = [.. comments.Of(type) is { } ofType ? [ofType] : (string[])[], .. values];
            document.AddComponent(id, new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [.. type.Values.Select(value => (JsonNode)value.Name)],
                Description = lines.Length == 0 ? null : string.Join('\n', lines),
            });
        }
        return new OpenApiSchemaReference(id, document);
    }

    private void Describe(OpenApiSchema schema, MessageDescriptor message, SchemaUse use, IEnumerable<FieldDescriptor> fields)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Description = comments.Of(message);
        schema.Properties = new Dictionary<string, IOpenApiSchema>();
        schema.Required = new HashSet<string>();
        foreach (var field in fields)
        {
            schema.Properties.Add(field.JsonName, Of(field, use));
            if (use == SchemaUse.Response && !field.HasPresence)
                schema.Required.Add(field.JsonName);
        }
        // Later versions may answer more; a request with a field that is not known is refused.
        schema.AdditionalPropertiesAllowed = use == SchemaUse.Response;
        if (ExclusivePairs(message) is { Count: > 0 } pairs)
            schema.Not = pairs is [var only] ? only : new OpenApiSchema { AnyOf = pairs };
    }

    /// <summary>Two members of one oneof are never there together.</summary>
    private static List<IOpenApiSchema> ExclusivePairs(MessageDescriptor message) =>
    [
        .. from oneof in message.Oneofs
           where !oneof.IsSynthetic
           from one in oneof.Fields
           from other in oneof.Fields
           where one.Index < other.Index
           select new OpenApiSchema { Required = new HashSet<string> { one.JsonName, other.JsonName } },
    ];

    /// <summary>The name within its package; with it where another has that name already.</summary>
    private string NewId(IDescriptor type, string suffix)
    {
        var package = type.File.Package;
        var name = package.Length == 0 ? type.FullName : type.FullName[(package.Length + 1)..];
        string[] candidates = [name, name + suffix, type.FullName, type.FullName + suffix];
        return candidates.First(_ids.Add);
    }

    private static void Deprecate(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchemaReference reference)
            reference.Deprecated = true;
        else
            ((OpenApiSchema)schema).Deprecated = true;
    }

    private static string NullValueName => StructReflection.Descriptor.EnumTypes[0].FullName;
}
