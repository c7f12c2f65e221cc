using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>
/// The fields of message types by both of their names: the JSON one and that of the contract. Filled at start, only read afterwards.
/// </summary>
internal sealed class MessageFields
{
    private readonly Dictionary<MessageDescriptor, Dictionary<string, FieldDescriptor>> _fields = [];

    public FieldDescriptor? Find(MessageDescriptor descriptor, string name) => _fields[descriptor].GetValueOrDefault(name);

    /// <summary>Takes a request type, and all that it contains.</summary>
    /// <exception cref="InvalidOperationException">Something in it can't be read from JSON.</exception>
    public void Add(MessageDescriptor descriptor)
    {
        if (_fields.ContainsKey(descriptor))
            return;
        var byName = new Dictionary<string, FieldDescriptor>();
        _fields.Add(descriptor, byName);
        if (WellKnownTypes.HaveOwnForm(descriptor))
            return;
        foreach (var field in descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Group)
                throw new InvalidOperationException($"{field.FullName} is a group, which can't be read from JSON.");
            if (field.FieldType == FieldType.Message && field.MessageType.FullName == Any.Descriptor.FullName)
                throw new InvalidOperationException($"{field.FullName} is an Any, which can't be read from JSON yet.");
            byName[field.Name] = field;
            byName[field.JsonName] = field;
            if (field.FieldType == FieldType.Message)
                Add(field.MessageType);
        }
    }
}
