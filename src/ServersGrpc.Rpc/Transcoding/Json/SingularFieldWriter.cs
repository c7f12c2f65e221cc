using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding.Json;

internal sealed class SingularFieldWriter<TMessage, T>(FieldDescriptor field, PropertyInfo property, WriterCompilation writers)
    : FieldWriter<TMessage>(field)
    where TMessage : class, IMessage
{
    private readonly Func<TMessage, T> _get = property.GetMethod!.CreateDelegate<Func<TMessage, T>>();
    private readonly ValueWriter<T> _write = ValueWriters.For<T>(field, writers);

    public override void WriteValue(JsonTextWriter json, TMessage message) => _write(json, _get(message));
}
