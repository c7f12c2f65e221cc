using Google.Api;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using ServersGrpc.Rpc.OpenApi.Schemas;

namespace ServersGrpc.Rpc.OpenApi;

/// <summary>Describes what a method may answer.</summary>
internal sealed class ResponseDescriber(SchemaCatalog schemas, ContractComments comments, ErrorDescriber errors)
{
    private const string Json = "application/json";

    /// <summary>The answers of a method under one of its HTTP rules.</summary>
    public OpenApiResponses Of(MethodDescriptor method, HttpRule rule)
    {
        var responses = new OpenApiResponses { ["200"] = method.IsServerStreaming ? Stream(method, rule) : Single(method, rule) };
        foreach (var (status, response) in errors.Of(comments.Of(method) ?? ""))
            responses.Add(status, response);
        return responses;
    }

    private OpenApiResponse Single(MethodDescriptor method, HttpRule rule) => new()
    {
        Description = DescriptionOf(method, rule),
        Content = new Dictionary<string, IOpenApiMediaType> { [Json] = new OpenApiMediaType { Schema = Body(method, rule) } },
    };

    private OpenApiResponse Stream(MethodDescriptor method, HttpRule rule) => new()
    {
        Description = $"{DescriptionOf(method, rule)} As one JSON document a line, or as the data of server-sent events. An error that comes "
            + "after the first of them is the last: a line {\"error\": …}, or an event named error.",
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            ["application/x-ndjson"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Description = "Each line.", AnyOf = [Body(method, rule), errors.Line()] },
            },
            ["text/event-stream"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Events whose data is what a line would be." },
            },
        },
    };

    private IOpenApiSchema Body(MethodDescriptor method, HttpRule rule) => rule.ResponseBody.Length == 0
        ? schemas.Of(method.OutputType, SchemaUse.Response)
        : schemas.Of(method.OutputType.FindFieldByName(rule.ResponseBody), SchemaUse.Response);

    // A description must be there.
    private string DescriptionOf(MethodDescriptor method, HttpRule rule) =>
        comments.Of(rule.ResponseBody.Length == 0 ? (IDescriptor)method.OutputType : method.OutputType.FindFieldByName(rule.ResponseBody))
        ?? method.OutputType.Name;
}
