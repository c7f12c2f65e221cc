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
    private const string WholeBody = "*";
    private const string LastEventId = "Last-Event-ID";

    private readonly MessageDescriptor _message;
    private readonly PathBinding[] _path;
    private readonly QueryReader _query;
    private readonly BodyReader? _body;
    private readonly FieldPath? _resume;

    /// <exception cref="InvalidOperationException">The rule names fields that are not there, or that can't be read.</exception>
    public RequestReader(
        MethodDescriptor method, HttpRule rule, PathTemplate template, GrpcJsonTranscodingOptions options, MessageFields fields)
    {
        _message = method.InputType;
        fields.Add(_message);
        var takesRest = template.Segments is [.., { Kind: PathSegmentKind.Rest }];
        _path =
        [
            .. template.Variables.Select(variable => new PathBinding(
                variable,
                ResolvePathField(variable.FieldPath, fields),
                takesRest && variable.Start + variable.Count == template.Segments.Count)),
        ];
        var bound = _path.Select(binding => binding.Field).ToList();
        if (rule.Body.Length > 0)
        {
            var field = rule.Body == WholeBody ? null : Resolve(rule.Body, fields);
            if (field is not null)
                bound.Add(field);
            _body = new BodyReader(field?.Leaf, options.MaxRequestBodySize, fields);
        }
        _query = new QueryReader(_message, bound, rule.Body == WholeBody, fields);
        if (method.IsServerStreaming && rule.Body != WholeBody)
            FieldPath.TryResolve(_message, options.EventResumeField, fields, out _resume);
    }

    /// <exception cref="RequestRejectedException">The request is not valid; every problem that was found is named.</exception>
    public async Task<IMessage> ReadAsync(HttpContext http, RouteMatch match, CancellationToken cancellationToken)
    {
        var request = _message.Parser.ParseFrom(ByteString.Empty);
        var problems = new List<FieldViolation>();
        if (_body is not null)
            await _body.ReadAsync(http, request, problems, cancellationToken);
        foreach (var binding in _path)
            binding.Read(match.Segments, request, problems);
        // Before the query, which wins where both are given.
        if (_resume is not null && http.Request.Headers.TryGetValue(LastEventId, out var lastEvent) && lastEvent is [{ Length: > 0 } id])
            Resume(request, _resume, id, problems);
        _query.Read(match.Query, request, problems);
        InvalidRequest.ThrowIfAny(problems);
        return request;
    }

    private static void Resume(IMessage request, FieldPath field, string id, List<FieldViolation> problems)
    {
        if (field.Parse(id, out var expected) is { } value)
            field.Set(request, value);
        else
            problems.Add(new FieldViolation { Field = LastEventId, Description = $"in the headers: \"{id}\" is not {expected}" });
    }

    private FieldPath ResolvePathField(string name, MessageFields fields)
    {
        var field = Resolve(name, fields);
        return !field.Leaf.IsRepeated && (field.Scalar is not null || field.IsWellKnownString)
            ? field
            : throw new InvalidOperationException(
                $"The HTTP rule binds {_message.FullName}.{name} to the path, but it is no single value.");
    }

    private FieldPath Resolve(string name, MessageFields fields) =>
        FieldPath.TryResolve(_message, name, fields, out var path)
            ? path
            : throw new InvalidOperationException(
                $"The HTTP rule names {name}, which {_message.FullName} does not have.");
}
