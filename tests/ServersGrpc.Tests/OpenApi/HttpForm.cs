using Google.Api;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Tests.OpenApi;

/// <summary>A method of the contract as its HTTP rule has it.</summary>
internal sealed record HttpForm(MethodDescriptor Method, string Verb, string Path, string Body, string ResponseBody)
{
    public string Operation => $"{Verb} {Path}";

    public IReadOnlyList<FieldDescriptor> Fields { get; } = Method.InputType.Fields.InDeclarationOrder().ToList();

    public IEnumerable<FieldDescriptor> PathFields => Fields.Where(one => Path.Contains($"{{{one.Name}}}", StringComparison.Ordinal));

    public static HttpForm Of(MethodDescriptor method)
    {
        var rule = method.GetOptions().GetExtension(AnnotationsExtensions.Http);
        var (verb, path) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => ("get", rule.Get),
            HttpRule.PatternOneofCase.Post => ("post", rule.Post),
            HttpRule.PatternOneofCase.Delete => ("delete", rule.Delete),
            _ => throw new InvalidOperationException($"{method.FullName} has a rule that these tests do not know."),
        };
        return new(method, verb, path, rule.Body, rule.ResponseBody);
    }
}
