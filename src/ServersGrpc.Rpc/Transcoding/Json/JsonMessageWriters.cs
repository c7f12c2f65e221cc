using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>
/// The writers of all message types, made once each: at start for what the methods answer, at the first use for what only an Any holds.
/// </summary>
internal sealed class JsonMessageWriters
{
    private readonly Lock _making = new();

    // Never changed, only replaced: so it is read without a lock, and holds no writer that is not whole.
    private volatile Dictionary<MessageDescriptor, JsonMessageWriter> _writers;

    public JsonMessageWriters(MessageTypes types)
    {
        _writers = new() { [Any.Descriptor] = new AnyWriter(this, types) };
        // Status and what its details are: the first error should not have to wait.
        foreach (var type in Google.Rpc.StatusReflection.Descriptor.MessageTypes)
            For(type);
        foreach (var type in Google.Rpc.ErrorDetailsReflection.Descriptor.MessageTypes)
            For(type);
    }

    /// <exception cref="InvalidOperationException">The type can't be written as JSON.</exception>
    public JsonMessageWriter For(MessageDescriptor descriptor) =>
        _writers.TryGetValue(descriptor, out var known) ? known : Compile(compilation => compilation.For(descriptor));

    /// <exception cref="InvalidOperationException">The field's type can't be written as JSON.</exception>
    public IFieldWriter ForField(FieldDescriptor field) => Compile(compilation => compilation.ForField(field));

    private T Compile<T>(Func<WriterCompilation, T> make)
    {
        lock (_making)
        {
            var compilation = new WriterCompilation(_writers);
            var writer = make(compilation);
            _writers = compilation.Writers;
            return writer;
        }
    }
}
