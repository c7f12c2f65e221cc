using Google.Api;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.OpenApi;
using ServersGrpc.Rpc.OpenApi.Schemas;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding;
using ServersGrpc.Rpc.Transcoding.Routing;

namespace ServersGrpc.Rpc.OpenApi;

/// <summary>Writes the OpenAPI document of every mapped method that has an HTTP rule.</summary>
internal sealed class OpenApiDocumentBuilder
{
    private const string SecuritySchemeName = "token";

    private static readonly HttpMethod[] AnyMethod = [HttpMethod.Get, HttpMethod.Put, HttpMethod.Post, HttpMethod.Delete, HttpMethod.Patch];

    private readonly OpenApiDocument _document = new();
    private readonly Dictionary<string, (OpenApiPathItem Item, IReadOnlyList<string> Names)> _byShape = new(StringComparer.Ordinal);
    private readonly Dictionary<ServiceDescriptor, string> _tags = [];
    private readonly GrpcOpenApiOptions _options;
    private readonly GrpcJsonTranscodingOptions _transcoding;
    private readonly ContractComments _comments;
    private readonly SchemaCatalog _schemas;
    private readonly ResponseDescriber _responses;

    private OpenApiDocumentBuilder(GrpcOpenApiOptions options, GrpcJsonTranscodingOptions transcoding)
    {
        (_options, _transcoding) = (options, transcoding);
        _comments = new ContractComments([typeof(OpenApiDocumentBuilder).Assembly, .. options.ContractAssemblies]);
        _schemas = new SchemaCatalog(_document, _comments);
        // First, so that the names of the error schemas are the same whatever the contracts declare.
        _responses = new ResponseDescriber(_schemas, _comments, new ErrorDescriber(_schemas, options.CommonErrors));
    }

    public static OpenApiDocument Build(
        MethodRegistry methods, GrpcOpenApiOptions options, GrpcJsonTranscodingOptions transcoding) =>
        new OpenApiDocumentBuilder(options, transcoding).Build(methods);

    private OpenApiDocument Build(MethodRegistry methods)
    {
        var described = methods.Methods
            .Select(method => method.Descriptor)
            .OfType<MethodDescriptor>()
            .Where(method => TranscodingRouter.RulesOf(method).Any(rule => TranscodedRouteFactory.WhyNotServed(method, rule) is null))
            .ToList();
        var services = described.Select(method => method.Service).Distinct().ToList();
        _document.Info = new OpenApiInfo
        {
            Title = _options.Title,
            Version = _options.Version,
            Description = _options.Description
                ?? string.Join("\n\n", services.Select(service => _comments.Of(service.File)).OfType<string>().Distinct()),
        };
        _document.Servers = [.. _options.Servers.Select(url => new OpenApiServer { Url = url })];
        _document.Paths = [];
        AddTags(services);
        AddSecurity();
        // Answers first, all of them: a request that is another form of the same message is the one whose schema is told apart by name.
        List<Binding> bindings =
        [
            .. from method in described
               from rule in TranscodingRouter.RulesOf(method).Index()
               let id = $"{_tags[method.Service].Replace('.', '_')}_{method.Name}{(rule.Index == 0 ? "" : $"_{rule.Index + 1}")}"
               select new Binding(id, method, rule.Item, _responses.Of(method, rule.Item)),
        ];
        foreach (var binding in bindings)
            Add(binding);
        foreach (var complete in _options.DocumentTransformers)
            complete(_document);
        return _document;
    }

    /// <summary>A tag a service: its name, or the full one where several have that name.</summary>
    private void AddTags(IReadOnlyCollection<ServiceDescriptor> services)
    {
        foreach (var service in services)
            _tags.Add(service, services.Count(other => other.Name == service.Name) == 1 ? service.Name : service.FullName);
        _document.Tags = services
            .Select(service => new OpenApiTag { Name = _tags[service], Description = _comments.Of(service) })
            .ToHashSet();
    }

    private void AddSecurity()
    {
        if (_options.SecurityScheme is not { } scheme)
            return;
        _document.AddComponent(SecuritySchemeName, (IOpenApiSecurityScheme)scheme);
        _document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SecuritySchemeName, _document)] = [] }];
    }

    private void Add(Binding binding)
    {
        var (kind, template) = TranscodingRouter.PatternOf(binding.Rule);
        var path = new DocumentedPath(PathTemplateParser.Parse(template));
        if (!_byShape.TryGetValue(path.Shape, out var known))
        {
            known = (new OpenApiPathItem(), [.. path.Parameters.Select(parameter => parameter.Name)]);
            _byShape.Add(path.Shape, known);
            _document.Paths.Add(path.Write(known.Names), known.Item);
        }
        if (kind != RouteTrie<object>.AnyMethod)
            Add(known.Item, new HttpMethod(kind), () => Describe(binding.Id, binding, path, known.Names));
        else
            foreach (var method in AnyMethod)
                Add(known.Item, method, () => Describe($"{binding.Id}_{method}", binding, path, known.Names));
    }

    private static void Add(OpenApiPathItem item, HttpMethod method, Func<OpenApiOperation> describe)
    {
        // OpenAPI can't tell a wildcard of one segment from one of many. The first that was declared stands for both.
        if (item.Operations?.ContainsKey(method) != true)
            item.AddOperation(method, describe());
    }

    private OpenApiOperation Describe(string id, Binding binding, DocumentedPath path, IReadOnlyList<string> pathNames)
    {
        var method = binding.Method;
        var request = new RequestDescriber(method.InputType, binding.Rule, path, _schemas, _comments);
        var comment = CommentText.WithoutErrors(_comments.Of(method) ?? "");
        return new OpenApiOperation
        {
            OperationId = id,
            Tags = new HashSet<OpenApiTagReference> { new(_tags[method.Service], _document) },
            Summary = comment.Length > 0 ? CommentText.Summary(comment) : method.Name,
            Description = comment.Length > 0 ? comment : null,
            Deprecated = method.GetOptions()?.Deprecated == true,
            Parameters =
            [
                .. request.PathParameters(pathNames),
                .. request.QueryParameters(),
                .. method.IsServerStreaming ? request.ResumeHeader(_transcoding.EventResumeField) : [],
            ],
            RequestBody = request.Body(),
            Responses = binding.Responses,
        };
    }

    private sealed record Binding(string Id, MethodDescriptor Method, HttpRule Rule, OpenApiResponses Responses);
}
