using ServersGrpc.Rpc.Transcoding.Routing;

namespace ServersGrpc.Rpc.OpenApi;

/// <summary>
/// A path template as OpenAPI has it, where a parameter is one segment: of a variable with several segments, such as
/// {name=shelves/*/books/*}, the literals stand in the path and each wildcard is a parameter.
/// </summary>
internal sealed class DocumentedPath
{
    private readonly PathTemplate _template;

    public DocumentedPath(PathTemplate template)
    {
        _template = template;
        Parameters =
        [
            .. from index in Enumerable.Range(0, template.Segments.Count)
               where template.Segments[index].Kind != PathSegmentKind.Literal
               select new PathParameter(NameOf(index), VariableAt(index), template.Segments[index].Kind == PathSegmentKind.Rest),
        ];
        Shape = Join(_ => "{}");
    }

    public IReadOnlyList<PathParameter> Parameters { get; }

    /// <summary>The names of the fields that the path sets, those that it always sets to the same included.</summary>
    public IEnumerable<string> Fields => _template.Variables.Select(variable => variable.FieldPath);

    /// <summary>The same for paths that differ in the names of their parameters only, which OpenAPI takes for one path.</summary>
    public string Shape { get; }

    /// <summary>The path with names for its parameters, in order.</summary>
    public string Write(IReadOnlyList<string> names) => Join(index => $"{{{names[index]}}}");

    private string Join(Func<int, string> parameter)
    {
        var next = 0;
        var segments = _template.Segments.Select(segment => segment.Kind == PathSegmentKind.Literal ? segment.Text : parameter(next++));
        return $"/{string.Join('/', segments)}{(_template.Verb.Length > 0 ? ":" + _template.Verb : "")}";
    }

    private string NameOf(int segment)
    {
        if (VariableAt(segment) is not { } variable)
            return $"segment_{segment + 1}";
        var wildcards = Wildcards(variable);
        return wildcards.Count == 1 ? variable.FieldPath : $"{variable.FieldPath}_{wildcards.IndexOf(segment) + 1}";
    }

    private PathVariable? VariableAt(int segment) =>
        _template.Variables.FirstOrDefault(variable => segment >= variable.Start && segment < variable.Start + variable.Count);

    private List<int> Wildcards(PathVariable variable) =>
    [
        .. Enumerable.Range(variable.Start, variable.Count).Where(index => _template.Segments[index].Kind != PathSegmentKind.Literal),
    ];
}
