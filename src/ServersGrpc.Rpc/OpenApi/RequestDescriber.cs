using Google.Api;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using ServersGrpc.Rpc.OpenApi.Schemas;
using ServersGrpc.Rpc.Transcoding.Binding;
using ServersGrpc.Rpc.Transcoding.Json;

namespace ServersGrpc.Rpc.OpenApi;

/// <summary>Describes where a request's fields stand: in the path, the body, or the query.</summary>
internal sealed class RequestDescriber
{
    private const string WholeBody = RequestReader.WholeBody;

    private readonly MessageDescriptor _message;
    private readonly HttpRule _rule;
    private readonly DocumentedPath _path;
    private readonly SchemaCatalog _schemas;
    private readonly ContractComments _comments;

    public RequestDescriber(MessageDescriptor message, HttpRule rule, DocumentedPath path, SchemaCatalog schemas, ContractComments comments) =>
        (_message, _rule, _path, _schemas, _comments) = (message, rule, path, schemas, comments);

    /// <summary>The parameters of the path, under the names that the path has for them.</summary>
    public IEnumerable<IOpenApiParameter> PathParameters(IReadOnlyList<string> names) => _path.Parameters.Zip(names, (parameter, name) =>
    {
        var field = parameter.IsWhole ? Resolve(parameter.Variable!.FieldPath) : null;
        return new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Path,
            Required = true,
            Description = field is null ? PartDescription(parameter) : _comments.Of(field.Leaf),
            Schema = field is null ? new OpenApiSchema { Type = JsonSchemaType.String } : TextSchema(field),
        };
    });

    /// <summary>The parameters of the query: every field that nothing else sets, those of messages by dotted names.</summary>
    public IEnumerable<IOpenApiParameter> QueryParameters()
    {
        if (_rule.Body == WholeBody)
            return [];
        var bound = (_rule.Body.Length > 0 ? _path.Fields.Append(_rule.Body) : _path.Fields).Select(Resolve).ToList();
        return QueryFields(_message, "", [])
            .Where(query => !bound.Any(field => field.Contains(query.Field)))
            .Select(query => QueryParameter(query.Name, query.Field));
    }

    /// <summary>The header with which a reader of server-sent events goes on, where the request has the field for it.</summary>
    public IEnumerable<IOpenApiParameter> ResumeHeader(string field)
    {
        if (_rule.Body == WholeBody || !FieldPath.TryResolve(_message, field, out var path))
            yield break;
        yield return new OpenApiParameter
        {
            Name = RequestReader.LastEventId,
            In = ParameterLocation.Header,
            Description = $"The id of the last server-sent event that was seen: the same as {path.Leaf.JsonName}, and wins over it.",
            Schema = TextSchema(path),
        };
    }

    /// <summary>The body, which may always be left away; null where none is read.</summary>
    public OpenApiRequestBody? Body()
    {
        if (_rule.Body.Length == 0)
            return null;
        var schema = _rule.Body == WholeBody
            ? _schemas.OfRequestWithout(_message, [.. _path.Fields.Select(name => MessageFields.Find(_message, name)).OfType<FieldDescriptor>()])
            : _schemas.Of(Resolve(_rule.Body).Leaf, SchemaUse.Request);
        return new OpenApiRequestBody
        {
            Description = _rule.Body == WholeBody ? _comments.Of(_message) : _comments.Of(Resolve(_rule.Body).Leaf),
            Content = new Dictionary<string, IOpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = schema } },
        };
    }

    // Of a list each value is a parameter of its own ("explode"), as OpenAPI has it for queries unless told otherwise.
    private OpenApiParameter QueryParameter(string name, FieldPath field) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = _comments.Of(field.Leaf),
        Deprecated = field.Leaf.GetOptions()?.Deprecated == true,
        Schema = field.Leaf.IsRepeated
            ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = TextSchema(field) }
            : TextSchema(field),
    };

    private IEnumerable<(string Name, FieldPath Field)> QueryFields(
        MessageDescriptor message, string prefix, HashSet<MessageDescriptor> around)
    {
        // A message inside of itself could be named without end.
        if (!around.Add(message))
            yield break;
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            var path = Resolve(prefix + field.JsonName);
            if (path.IsText)
            {
                yield return (prefix + field.JsonName, path);
            }
            else if (field is { IsRepeated: false, FieldType: FieldType.Message } && !WellKnownTypes.HaveOwnForm(field.MessageType))
            {
                foreach (var nested in QueryFields(field.MessageType, $"{prefix}{field.JsonName}.", around))
                    yield return nested;
            }
        }
        around.Remove(message);
    }

    private IOpenApiSchema TextSchema(FieldPath field) =>
        field.Scalar is { FieldType: not FieldType.Enum } scalar
            ? ScalarSchemas.Of(scalar.FieldType)
            : _schemas.OfElement(field.Leaf, SchemaUse.Request);

    private FieldPath Resolve(string name) => FieldPath.TryResolve(_message, name, out var path)
        ? path
        : throw new InvalidOperationException($"{_message.FullName} has no field {name}.");

    private static string PartDescription(PathParameter parameter) =>
        (parameter.Variable is { } variable ? $"A part of {variable.FieldPath}." : "Anything.")
        + (parameter.TakesRest ? " May hold slashes." : "");
}
