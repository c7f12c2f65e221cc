using Microsoft.OpenApi;

namespace ServersGrpc.Docs;

/// <summary>Describes the documented paths that are no methods of the contract (Api/OperatorEndpoints.cs).</summary>
internal static class OperatorPaths
{
    private const string Tag = "Operations";

    public static void AddTo(OpenApiDocument document)
    {
        document.Tags!.Add(new OpenApiTag { Name = Tag, Description = "Health, version, metrics, and the pausing of new instances." });
        Add(document, "/healthz", HttpMethod.Get, needsToken: false, usesDatabase: true, new()
        {
            OperationId = "GetHealth",
            Summary = "Tells whether the database takes writes",
            Responses = Answer("It does.", "text/plain", new() { Type = JsonSchemaType.String, Const = "OK" }),
        });
        Add(document, "/version", HttpMethod.Get, needsToken: false, usesDatabase: false, new()
        {
            OperationId = "GetVersion",
            Summary = "Tells what runs",
            Responses = Answer(
                "The product, its version, and the commit it was built from (\"\" where the build did not know).", "application/json",
                Object(("source", JsonSchemaType.String), ("version", JsonSchemaType.String), ("commit", JsonSchemaType.String))),
        });
        Add(document, "/varz", HttpMethod.Get, needsToken: true, usesDatabase: false, new()
        {
            OperationId = "GetVariables",
            Summary = "Tells whether the starting of new instances is paused, and how running servers are",
            Description = "While liveness_suspended is true so many of them fail together that none is given up for it. "
                + "expiring_certificates counts those whose certificates end soon.",
            Responses = Answer("The state of the service.", "application/json", Object(
                ("paused", JsonSchemaType.Boolean), ("running_servers", JsonSchemaType.Integer), ("failing_servers", JsonSchemaType.Integer),
                ("liveness_suspended", JsonSchemaType.Boolean), ("expiring_certificates", JsonSchemaType.Integer))),
        });
        Add(document, "/metrics", HttpMethod.Get, needsToken: true, usesDatabase: false, new()
        {
            OperationId = "GetMetrics",
            Summary = "Tells a monitoring system what the service does",
            Description = "Needs no token where Servers:Metrics:Open is set.",
            Responses = Answer("Prometheus' text format, version 0.0.4.", "text/plain", new() { Type = JsonSchemaType.String }),
        });
        Add(document, "/api/pause", HttpMethod.Post, needsToken: true, usesDatabase: true, new()
        {
            OperationId = "Pause",
            Summary = "Stops the starting of new instances",
            Description = "Terminations go on. Survives a restart.",
            Responses = Done(),
        });
        Add(document, "/api/resume", HttpMethod.Post, needsToken: true, usesDatabase: true, new()
        {
            OperationId = "Resume",
            Summary = "Starts new instances again",
            Responses = Done(),
        });
    }

    private static void Add(
        OpenApiDocument document, string path, HttpMethod method, bool needsToken, bool usesDatabase, OpenApiOperation operation)
    {
        operation.Tags = new HashSet<OpenApiTagReference> { new(Tag, document) };
        // An empty list asks for nothing; none at all asks for what the document asks for.
        operation.Security = needsToken ? null : [];
        if (needsToken)
            operation.Responses!.Add("401", Error(document, "There is no token, or it is not valid."));
        if (usesDatabase)
            operation.Responses!.Add("503", Error(document, "The database can't be reached: try again."));
        operation.Responses!.Add("default", Error(document, "Any other error."));
        var item = new OpenApiPathItem();
        item.AddOperation(method, operation);
        document.Paths.Add(path, item);
    }

    private static OpenApiResponses Answer(string description, string contentType, OpenApiSchema schema) => new()
    {
        ["200"] = new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, IOpenApiMediaType> { [contentType] = new OpenApiMediaType { Schema = schema } },
        },
    };

    private static OpenApiResponses Done() => new() { ["204"] = new OpenApiResponse { Description = "Done." } };

    private static OpenApiResponse Error(OpenApiDocument document, string description) => new()
    {
        Description = description,
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference("Status", document) },
        },
    };

    private static OpenApiSchema Object(params ReadOnlySpan<(string Name, JsonSchemaType Type)> members)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>(),
            Required = new HashSet<string>(),
        };
        foreach (var (name, type) in members)
        {
            schema.Properties.Add(name, new OpenApiSchema { Type = type });
            schema.Required.Add(name);
        }
        return schema;
    }
}
