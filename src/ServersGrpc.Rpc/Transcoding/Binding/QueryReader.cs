using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServersGrpc.Rpc.Transcoding.Errors;
using ServersGrpc.Rpc.Transcoding.Json;
using ServersGrpc.Rpc.Transcoding.Routing;
using static Google.Rpc.BadRequest.Types;

namespace ServersGrpc.Rpc.Transcoding.Binding;

/// <summary>Reads the query into the fields that neither the path nor the body sets.</summary>
/// <param name="message">The request's type.</param>
/// <param name="bound">What is set elsewhere.</param>
/// <param name="bodyTakesAll">Whether the body is the whole request, so that the query can set nothing.</param>
internal sealed class QueryReader(MessageDescriptor message, IReadOnlyList<FieldPath> bound, bool bodyTakesAll)
{
    public void Read(string query, IMessage request, List<FieldViolation> problems)
    {
        if (query.Length == 0)
            return;
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (problems.Count >= InvalidRequest.MostProblems)
                return;
            var equals = pair.IndexOf('=');
            var rawName = equals < 0 ? pair : pair[..equals];
            var rawValue = equals < 0 ? "" : pair[(equals + 1)..];
            if (!TryDecode(rawName, out var name) || !TryDecode(rawValue, out var value))
                problems.Add(Problem(rawName, $"\"{InvalidRequest.Shown(pair)}\" is not percent-encoded UTF-8"));
            else
                Set(request, name, equals < 0 ? null : value, given, problems);
        }
    }

    private void Set(IMessage request, string name, string? value, HashSet<string> given, List<FieldViolation> problems)
    {
        if (bodyTakesAll || !FieldPath.TryResolve(message, name, out var path))
        {
            problems.Add(Problem(name, WhyUnknown(name)));
            return;
        }
        if (bound.FirstOrDefault(other => other.Contains(path)) is { } by)
        {
            problems.Add(Problem(name, $"{by.Name} is set by the path or the body and can't be set again"));
            return;
        }
        if (!path.IsText)
        {
            problems.Add(Problem(name, WhyNoText(path.Leaf)));
            return;
        }
        if (!given.Add(path.Name) && !path.Leaf.IsRepeated)
        {
            problems.Add(Problem(name, "the parameter is given twice"));
            return;
        }
        if (path.Rival(request) is { } rival)
        {
            problems.Add(Problem(name, $"{rival.Name} is given too, and only one of both may be"));
            return;
        }
        // A flag may stand alone; "flag=" is no value of it.
        var text = value ?? (path.Scalar?.FieldType == FieldType.Bool ? "true" : "");
        if (path.Parse(text, out var expected) is { } parsed)
            path.Set(request, parsed);
        else
            problems.Add(Problem(name, $"\"{InvalidRequest.Shown(text)}\" is not {expected}"));
    }

    /// <summary>A name may lead through a field that has no parameters of its own, which says more than that it is unknown.</summary>
    private string WhyUnknown(string name)
    {
        for (var dot = name.LastIndexOf('.'); dot > 0 && !bodyTakesAll; dot = name.LastIndexOf('.', dot - 1))
        {
            if (FieldPath.TryResolve(message, name[..dot], out var path) && path.Leaf.FieldType == FieldType.Message && IsWhole(path.Leaf))
                return path.IsText ? $"a {path.Leaf.MessageType.FullName} is given whole, not by its fields" : WhyNoText(path.Leaf);
        }
        return $"there is no such parameter{Known()}";
    }

    private static bool IsWhole(FieldDescriptor field) => field.IsRepeated || WellKnownTypes.HaveOwnForm(field.MessageType);

    private static string WhyNoText(FieldDescriptor field) =>
        field.IsMap ? "a map can't be given in a query"
        : field.IsRepeated ? "a list of objects can't be given in a query"
        : IsWhole(field) ? $"a {field.MessageType.FullName} can't be given in a query"
        : "an object can't be given in a query; name one of its fields";

    private string Known()
    {
        var names = bodyTakesAll
            ? []
            : message.Fields.InDeclarationOrder()
                .Where(field => !bound.Any(path => path.Name == field.Name))
                .Select(field => field.JsonName)
                .ToArray();
        return names.Length == 0 ? "; there are none here" : "; there are " + string.Join(", ", names);
    }

    private static FieldViolation Problem(string name, string description) =>
        new() { Field = InvalidRequest.Shown(name), Description = "in the query: " + description };

    private static bool TryDecode(string text, out string decoded)
    {
        var valid = PercentEncoding.TryDecode(text.Replace('+', ' '), keepSlashes: false, out var result);
        decoded = result ?? "";
        return valid;
    }
}
