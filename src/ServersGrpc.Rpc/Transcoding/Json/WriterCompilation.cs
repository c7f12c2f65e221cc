using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>
/// Makes the writers of types and of all that is in them. A type may be in itself, so a writer is known before it is whole.
/// </summary>
/// <param name="made">The writers that there are.</param>
internal sealed class WriterCompilation(IReadOnlyDictionary<MessageDescriptor, JsonMessageWriter> made)
{
    /// <summary>What there was, and what was made since.</summary>
    public Dictionary<MessageDescriptor, JsonMessageWriter> Writers { get; } = new(made);

    /// <exception cref="InvalidOperationException">The type can't be written as JSON.</exception>
    public JsonMessageWriter For(MessageDescriptor descriptor)
    {
        if (Writers.TryGetValue(descriptor, out var known))
            return known;
        var writer = WellKnownTypeWriters.Find(descriptor) ?? Create(descriptor);
        Writers.Add(descriptor, writer);
        (writer as ICompiledWriter)?.Compile(descriptor, this);
        return writer;
    }

    /// <exception cref="InvalidOperationException">The field's type can't be written as JSON.</exception>
    public IFieldWriter ForField(FieldDescriptor field) => For(field.ContainingType) is ICompiledWriter writer
        ? writer.Field(field, this)
        : throw new InvalidOperationException($"{field.FullName} has no JSON of its own.");

    private static JsonMessageWriter Create(MessageDescriptor descriptor) => descriptor.ClrType is { } type
        ? (JsonMessageWriter)Activator.CreateInstance(typeof(CompiledMessageWriter<>).MakeGenericType(type))!
        : throw new InvalidOperationException($"{descriptor.FullName} has no generated class and can't be written as JSON.");
}
