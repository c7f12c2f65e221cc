using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Reflection;

/// <summary>Finds the files of a set of services, and of all that they import, by what they declare.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _bySymbol = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _byExtendee = new(StringComparer.Ordinal);

    public DescriptorIndex(IEnumerable<ServiceDescriptor> services)
    {
        foreach (var file in services.Select(service => service.File).Distinct().SelectMany(WithImports))
            if (_byName.TryAdd(file.Name, file))
                AddSymbols(file);
    }

    public FileDescriptor? FindFile(string name) => _byName.GetValueOrDefault(name);

    public FileDescriptor? FindSymbol(string fullName) => _bySymbol.GetValueOrDefault(fullName);

    public FileDescriptor? FindExtension(string extendee, int number) =>
        _byExtendee.GetValueOrDefault(extendee)?.GetValueOrDefault(number);

    /// <summary>The numbers of a message's extensions; null when there is no such message.</summary>
    public IReadOnlyCollection<int>? ExtensionNumbers(string extendee) =>
        _byExtendee.TryGetValue(extendee, out var extensions) ? extensions.Keys
        : _bySymbol.ContainsKey(extendee) ? []
        : null;

    /// <summary>The file, then all that it imports, directly or not, each once.</summary>
    public static IReadOnlyList<FileDescriptor> WithImports(FileDescriptor file)
    {
        var files = new List<FileDescriptor> { file };
        for (var i = 0; i < files.Count; i++)
            files.AddRange(files[i].Dependencies.Where(import => !files.Contains(import)).Distinct().ToList());
        return files;
    }

    private void AddSymbols(FileDescriptor file)
    {
        foreach (var service in file.Services)
        {
            Add(service);
            foreach (var method in service.Methods)
                Add(method);
        }

        foreach (var message in file.MessageTypes)
            AddMessage(message);
        foreach (var enumeration in file.EnumTypes)
            AddEnum(enumeration);
        foreach (var extension in file.Extensions.UnorderedExtensions)
            AddExtension(extension);
    }

    private void AddMessage(MessageDescriptor message)
    {
        Add(message);
        foreach (var field in message.Fields.InDeclarationOrder())
            Add(field);
        foreach (var oneof in message.Oneofs)
            Add(oneof);
        foreach (var nested in message.NestedTypes)
            AddMessage(nested);
        foreach (var nested in message.EnumTypes)
            AddEnum(nested);
        foreach (var extension in message.Extensions.UnorderedExtensions)
            AddExtension(extension);
    }

    private void AddEnum(EnumDescriptor enumeration)
    {
        Add(enumeration);
        // As in C++, values are siblings of their enum, not its members.
        var scope = enumeration.FullName[..^enumeration.Name.Length];
        foreach (var value in enumeration.Values)
            _bySymbol.TryAdd(scope + value.Name, value.File);
    }

    private void AddExtension(FieldDescriptor extension)
    {
        Add(extension);
        if (!_byExtendee.TryGetValue(extension.ExtendeeType.FullName, out var extensions))
            _byExtendee.Add(extension.ExtendeeType.FullName, extensions = []);
        extensions.TryAdd(extension.FieldNumber, extension.File);
    }

    private void Add(IDescriptor symbol) => _bySymbol.TryAdd(symbol.FullName, symbol.File);
}
