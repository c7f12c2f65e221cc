using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>
/// Writes every field by a getter of its own type, in the order of declaration: nothing is looked up, boxed or encoded twice. Fields
/// that know whether they are set (messages, members of a oneof, optional ones) are written only when they are.
/// </summary>
internal sealed class CompiledMessageWriter<TMessage> : JsonMessageWriter, ICompiledWriter
    where TMessage : class, IMessage
{
    private FieldWriter<TMessage>[] _fields = [];

    public void Compile(MessageDescriptor descriptor, WriterCompilation writers) =>
        _fields = [.. descriptor.Fields.InDeclarationOrder().Select(field => FieldWriter<TMessage>.Create(field, writers))];

    public IFieldWriter Field(FieldDescriptor field, WriterCompilation writers) => FieldWriter<TMessage>.Create(field, writers);

    public override void WriteMembers(JsonTextWriter json, IMessage message)
    {
        var typed = (TMessage)message;
        foreach (var field in _fields)
            field.WriteMember(json, typed);
    }
}
