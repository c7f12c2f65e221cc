using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>The writers of all message types, made once each at start, only read afterwards.</summary>
internal sealed class JsonMessageWriters
{
    private readonly Dictionary<MessageDescriptor, JsonMessageWriter> _writers = [];
    private readonly Dictionary<string, MessageDescriptor> _byFullName = [];

    public JsonMessageWriters()
    {
        // Status and all that its details may be.
        foreach (var type in Google.Rpc.StatusReflection.Descriptor.MessageTypes)
            For(type);
        foreach (var type in Google.Rpc.ErrorDetailsReflection.Descriptor.MessageTypes)
            For(type);
    }

    /// <exception cref="InvalidOperationException">The type can't be written as JSON.</exception>
    public JsonMessageWriter For(MessageDescriptor descriptor)
    {
        if (_writers.TryGetValue(descriptor, out var known))
            return known;
        var writer = Create(descriptor);
        _writers.Add(descriptor, writer);
        _byFullName[descriptor.FullName] = descriptor;
        (writer as ICompiledWriter)?.Compile(descriptor, this);
        return writer;
    }

    /// <exception cref="InvalidOperationException">The field's type can't be written as JSON.</exception>
    public IFieldWriter ForField(FieldDescriptor field) => For(field.ContainingType) is ICompiledWriter writer
        ? writer.Field(field, this)
        : throw new InvalidOperationException($"{field.FullName} has no JSON of its own.");

    /// <summary>The type of that full name, if any service uses it.</summary>
    public MessageDescriptor? Find(string fullName) => _byFullName.GetValueOrDefault(fullName);

    private JsonMessageWriter Create(MessageDescriptor descriptor) => descriptor switch
    {
        { FullName: var name } when name == Any.Descriptor.FullName => new AnyWriter(this),
        _ when WellKnownTypes.HaveOwnForm(descriptor) => new WellKnownTypeWriter(),
        { ClrType: null } =>
            throw new InvalidOperationException($"{descriptor.FullName} has no generated class and can't be written as JSON."),
        _ => (JsonMessageWriter)Activator.CreateInstance(typeof(CompiledMessageWriter<>).MakeGenericType(descriptor.ClrType))!,
    };
}
