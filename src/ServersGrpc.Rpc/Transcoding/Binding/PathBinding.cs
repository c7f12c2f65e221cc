using Google.Protobuf;
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
            problems.Add(Problem($"\"{raw}\" is not percent-encoded UTF-8"));
        else if (Field.Parse(text, out var expected) is { } value)
            Field.Set(request, value);
        else
            problems.Add(Problem($"\"{text}\" is not {expected}"));
    }

    private FieldViolation Problem(string description) => new() { Field = Field.Name, Description = "in the path: " + description };
}
