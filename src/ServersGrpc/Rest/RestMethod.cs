using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rest;

/// <summary>Where a method's request has its fields over REST, as its google.api.http rule says.</summary>
internal sealed partial class RestMethod
{
    private readonly FrozenSet<FieldDescriptor> _inPath;

    public RestMethod(MethodDescriptor method, HttpRule rule)
    {
        Request = method.InputType;
        IsStream = method.IsServerStreaming;
        TakesBody = rule.Body.Length > 0;
        _inPath = Variable().Matches(PathOf(rule)).Select(match => Request.FindFieldByName(match.Groups[1].Value)).ToFrozenSet();
        var elsewhere = Request.Fields.InDeclarationOrder().Where(field => !_inPath.Contains(field)).ToList();
        InBody = TakesBody ? ByName(elsewhere) : ByName([]);
        // What a body holds is not looked for in the query.
        InQuery = TakesBody ? ByName([]) : ByName(elsewhere);
    }

    public MessageDescriptor Request { get; }

    public bool IsStream { get; }

    public bool TakesBody { get; }

    /// <summary>The fields of the body, by their names in JSON.</summary>
    public FrozenDictionary<string, FieldDescriptor> InBody { get; }

    /// <summary>The parameters of the query, by their names.</summary>
    public FrozenDictionary<string, FieldDescriptor> InQuery { get; }

    /// <summary>Whether the path says this field.</summary>
    public bool IsInPath(string name) => _inPath.Any(field => field.JsonName == name);

    /// <summary>The verb at the end of a rule's path, with its colon; "" where it has none.</summary>
    public static string VerbOf(HttpRule rule) => PathOf(rule) is var path && path.LastIndexOf(':') is >= 0 and var colon ? path[colon..] : "";

    private static string PathOf(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => rule.Get,
        HttpRule.PatternOneofCase.Post => rule.Post,
        HttpRule.PatternOneofCase.Put => rule.Put,
        HttpRule.PatternOneofCase.Patch => rule.Patch,
        HttpRule.PatternOneofCase.Delete => rule.Delete,
        _ => rule.Custom.Path,
    };

    private static FrozenDictionary<string, FieldDescriptor> ByName(List<FieldDescriptor> fields) =>
        fields.ToFrozenDictionary(field => field.JsonName, StringComparer.Ordinal);

    [GeneratedRegex(@"\{([a-z_]+)")]
    private static partial Regex Variable();
}
