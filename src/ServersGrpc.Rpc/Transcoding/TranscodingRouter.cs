using Google.Api;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding.Errors;
using ServersGrpc.Rpc.Transcoding.Routing;
using ServersGrpc.Rpc.Wire;
using Endpoint = Microsoft.AspNetCore.Http.Endpoint;

namespace ServersGrpc.Rpc.Transcoding;

/// <summary>Gives each request the endpoint of the HTTP rule that it fits, by its raw target. Other requests pass.</summary>
internal sealed class TranscodingRouter(
    MethodRegistry methods, TranscodedRouteFactory factory, RpcStatusResponder responder, ILogger<TranscodingRouter> logger)
{
    private readonly RouteTrie<TranscodedRoute> _routes = new();

    /// <summary>Takes in the HTTP rules of every mapped method. At start, once.</summary>
    /// <exception cref="InvalidOperationException">A rule is wrong or in the way of another; the message names its method.</exception>
    public void Build()
    {
        foreach (var method in methods.Methods)
        {
            if (method.Descriptor is not { } descriptor)
                continue;
            foreach (var rule in RulesOf(descriptor))
                Add(method, descriptor, rule);
        }
    }

    /// <summary>Sets the request's endpoint if a rule fits its path.</summary>
    public void Route(HttpContext http)
    {
        // A gRPC call is answered as gRPC, even where its path is not known.
        if (GrpcContentType.Is(http.Request.ContentType))
            return;
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!RequestPath.TryParse(target, out var path, out var query))
            return;
        var found = _routes.Find(http.Request.Method, path);
        if (found.Route is { } route)
        {
            http.Features.Set(new RouteMatch(found.Segments, query));
            http.SetEndpoint(route.Endpoint);
        }
        else if (found.Allowed is { } allowed)
        {
            http.SetEndpoint(MethodNotAllowed(allowed));
        }
    }

    /// <summary>The HTTP rules of a method.</summary>
    public static IEnumerable<HttpRule> RulesOf(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule ? [rule, .. rule.AdditionalBindings] : [];

    /// <summary>The HTTP method and the path of a rule.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public static (string Method, string Path) PatternOf(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => (HttpMethods.Get, rule.Get),
        HttpRule.PatternOneofCase.Put => (HttpMethods.Put, rule.Put),
        HttpRule.PatternOneofCase.Post => (HttpMethods.Post, rule.Post),
        HttpRule.PatternOneofCase.Delete => (HttpMethods.Delete, rule.Delete),
        HttpRule.PatternOneofCase.Patch => (HttpMethods.Patch, rule.Patch),
        HttpRule.PatternOneofCase.Custom => (rule.Custom.Kind, rule.Custom.Path),
        _ => throw new InvalidOperationException("its HTTP rule has no method."),
    };

    private void Add(BoundMethod method, MethodDescriptor descriptor, HttpRule rule)
    {
        try
        {
            if (TranscodedRouteFactory.WhyNotServed(descriptor, rule) is { } reason)
            {
                TranscodingLog.NotServed(logger, method.Method.FullName, reason);
                return;
            }
            var (kind, path) = PatternOf(rule);
            var template = PathTemplateParser.Parse(path);
            if (_routes.Add(kind, template, factory.Create(method, descriptor, rule, template)) is { } other)
                throw new InvalidOperationException($"{kind} {path} is taken by {other.MethodName}.");
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new InvalidOperationException($"The REST form of {method.Method.FullName} can't be served: {e.Message}", e);
        }
    }

    private Endpoint MethodNotAllowed(IReadOnlyCollection<string> allowed) =>
        new(http => responder.AnswerMethodNotAllowedAsync(http, allowed), EndpointMetadataCollection.Empty, "REST 405 Method Not Allowed");
}
