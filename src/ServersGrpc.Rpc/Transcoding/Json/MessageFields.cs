using System.Collections.Concurrent;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>The fields of message types by both of their names: the JSON one and that of the contract.</summary>
internal static class MessageFields
{
    // Descriptors are made once a process, and so is what is known of them.
    private static readonly ConcurrentDictionary<MessageDescriptor, Dictionary<string, FieldDescriptor>> Fields = new();

    public static FieldDescriptor? Find(MessageDescriptor descriptor, string name) =>
        Fields.GetOrAdd(descriptor, ByName).GetValueOrDefault(name);

    private static Dictionary<string, FieldDescriptor> ByName(MessageDescriptor descriptor)
    {
        var byName = new Dictionary<string, FieldDescriptor>();
        foreach (var field in descriptor.Fields.InDeclarationOrder())
            byName[field.Name] = byName[field.JsonName] = field;
        return byName;
    }
}
