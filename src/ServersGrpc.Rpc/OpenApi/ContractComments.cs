using System.Collections;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.OpenApi;

/// <summary>
/// What contracts say in comments, by the full names of what they say it of. Generated code has no comments, so they are read from the
/// descriptor sets that the build embeds (build/ContractComments.targets).
/// </summary>
internal sealed class ContractComments
{
    private const string ResourceName = "contract.protoset";

    private readonly Dictionary<string, string> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _byFile = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">An assembly holds no comments.</exception>
    public ContractComments(IEnumerable<Assembly> assemblies)
    {
        foreach (var assembly in assemblies.Distinct())
        {
            using var resource = assembly.GetManifestResourceStream(ResourceName)
                ?? throw new InvalidOperationException(
                    $"{assembly.GetName().Name} has no comments: its project does not import build/ContractComments.targets.");
            foreach (var file in FileDescriptorSet.Parser.ParseFrom(resource).File)
                Add(file);
        }
    }

    /// <summary>The comment of a message, a field, an enum, a service or a method; null where there is none.</summary>
    public string? Of(IDescriptor descriptor) => _byName.GetValueOrDefault(descriptor.FullName);

    /// <summary>The comment of a value of an enum, likewise.</summary>
    public string? Of(EnumValueDescriptor value) => _byName.GetValueOrDefault($"{value.EnumDescriptor.FullName}.{value.Name}");

    /// <summary>The comment at the top of a file, likewise.</summary>
    public string? Of(FileDescriptor file) => _byFile.GetValueOrDefault(file.Name);

    private void Add(FileDescriptorProto file)
    {
        foreach (var location in file.SourceCodeInfo.Location)
        {
            var text = CommentText.Join(location.LeadingComments + location.TrailingComments);
            if (text.Length == 0)
                continue;
            if (location.Path is [FileDescriptorProto.SyntaxFieldNumber])
                _byFile[file.Name] = text;
            else if (NameAt(file, location.Path) is { } name)
                _byName[name] = text;
        }
    }

    /// <summary>
    /// What stands at a path of pairs, the number of a repeated field and an index into it; null for what has no name of its own, such as
    /// an option.
    /// </summary>
    private static string? NameAt(FileDescriptorProto file, IList<int> path)
    {
        var names = new List<string>();
        if (file.Package.Length > 0)
            names.Add(file.Package);
        IMessage at = file;
        for (var i = 0; i < path.Count; i += 2)
        {
            if (i + 1 == path.Count || Get(at, path[i]) is not IList { } elements || elements[path[i + 1]] is not IMessage element
                || element.Descriptor.FindFieldByName("name")?.Accessor.GetValue(element) is not string name)
            {
                return null;
            }
            names.Add(name);
            at = element;
        }
        return string.Join('.', names);
    }

    private static object? Get(IMessage message, int field) => message.Descriptor.FindFieldByNumber(field)?.Accessor.GetValue(message);
}
