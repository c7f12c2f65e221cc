using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http;
using ServersGrpc.Rpc.Transcoding.Errors;
using ServersGrpc.Rpc.Transcoding.Json;
using ServersGrpc.Rpc.Transcoding.Routing;
using static Google.Rpc.BadRequest.Types;

namespace ServersGrpc.Rpc.Transcoding.Binding;

/// <summary>Makes the request message of one HTTP rule from path, query and body.</summary>
internal sealed class RequestReader
{
    /// <summary>The body of a rule that takes the whole request.</summary>
    public const string WholeBody = "*";

    /// <summary>The header with which a reader of server-sent events goes on.</summary>
    public const string LastEventId = "Last-Event-ID";

    private readonly MessageDescriptor _message;
    private readonly PathBinding[] _path;
    private readonly QueryReader _query;
    private readonly BodyReader? _body;
    private readonly FieldPath? _resume;

    /// <exception cref="InvalidOperationException">The rule names fields that are not there, or that can't be read.</exception>
    public RequestReader(
        MethodDescriptor method, HttpRule rule, PathTemplate template, GrpcJsonTranscodingOptions options, JsonMessageReader json)
    {
        _message = method.InputType;
        var takesRest = template.Segments is [.., { Kind: PathSegmentKind.Rest }];
        _path =
        [
            .. template.Variables.Select(variable => new PathBinding(
                variable,
                ResolvePathField(variable.FieldPath),
                takesRest && variable.Start + variable.Count == template.Segments.Count)),
        ];
        var bound = _path.Select(binding => binding.Field).ToList();
        if (rule.Body.Length > 0)
        {
            var field = rule.Body == WholeBody ? null : ResolveBodyField(rule.Body);
            if (field is not null)
                bound.Add(field);
            _body = new BodyReader(field?.Leaf, options.MaxRequestBodySize, json);
        }
        _query = new QueryReader(_message, bound, rule.Body == WholeBody);
        if (method.IsServerStreaming && rule.Body != WholeBody)
            FieldPath.TryResolve(_message, options.EventResumeField, out _resume);
    }

    /// <exception cref="RequestRejectedException">The request is not valid; every problem that was found is named.</exception>
    public async ValueTask<IMessage> ReadAsync(HttpContext http, RouteMatch match, CancellationToken cancellationToken)
    {
        // A parser would make a stream to read nothing from.
        var request = (IMessage)Activator.CreateInstance(_message.ClrType)!;
        var problems = new List<FieldViolation>();
        if (_body is not null)
            await _body.ReadAsync(http, request, problems, cancellationToken);
        foreach (var binding in _path)
            binding.Read(match.Segments, request, problems);
        _query.Read(match.Query, request, problems);
        // After the query: a browser that connects again asks for the same address, and says in the header what it has seen since.
        if (_resume is not null && http.Request.Headers.TryGetValue(LastEventId, out var lastEvent) && lastEvent is [{ Length: > 0 } id])
            Resume(request, _resume, id, problems);
        InvalidRequest.ThrowIfAny(problems);
        return request;
    }

    private static void Resume(IMessage request, FieldPath field, string id, List<FieldViolation> problems)
    {
        if (field.Parse(id, out var expected) is { } value)
            field.Set(request, value);
        else
            problems.Add(new FieldViolation { Field = LastEventId, Description = $"in the headers: \"{InvalidRequest.Shown(id)}\" is not {expected}" });
    }

    private FieldPath ResolvePathField(string name)
    {
        var field = Resolve(name);
        return !field.Leaf.IsRepeated && field.IsText
            ? field
            : throw new InvalidOperationException(
                $"The HTTP rule binds {_message.FullName}.{name} to the path, but it is no single value.");
    }

    private FieldPath ResolveBodyField(string name)
    {
        var field = Resolve(name);
        return field.Leaf.ContainingType == _message && field.Name == field.Leaf.Name
            ? field
            : throw new InvalidOperationException($"The HTTP rule makes {name} the body, but only a field of the request itself can be.");
    }

    private FieldPath Resolve(string name) =>
        FieldPath.TryResolve(_message, name, out var path)
            ? path
            : throw new InvalidOperationException(
                $"The HTTP rule names {name}, which {_message.FullName} does not have.");
}
