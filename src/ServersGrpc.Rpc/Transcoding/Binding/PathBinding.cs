using Google.Protobuf;
using ServersGrpc.Rpc.Transcoding.Errors;
using ServersGrpc.Rpc.Transcoding.Routing;
using static Google.Rpc.BadRequest.Types;

namespace ServersGrpc.Rpc.Transcoding.Binding;

/// <summary>Reads one variable of the path into its field.</summary>
internal sealed record PathBinding(PathVariable Variable, FieldPath Field, bool TakesRest)
{
    public void Read(string[] segments, IMessage request, List<FieldViolation> problems)
    {
        var count = TakesRest ? segments.Length - Variable.Start : Variable.Count;
        var raw = string.Join('/', segments, Variable.Start, count);
        if (!PercentEncoding.TryDecode(raw, Variable.IsMultiSegment, out var text))
            problems.Add(Problem($"\"{InvalidRequest.Shown(raw)}\" is not percent-encoded UTF-8"));
        else if (Field.Parse(text, out var expected) is not { } value)
            problems.Add(Problem($"\"{InvalidRequest.Shown(text)}\" is not {expected}"));
        else if (Field.Rival(request) is { } rival)
            problems.Add(Problem($"{rival.Name} is given too, and only one of both may be"));
        else
            Field.Set(request, value);
    }

    private FieldViolation Problem(string description) => new() { Field = Field.Name, Description = "in the path: " + description };
}
