using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding.Json;

internal sealed class RepeatedFieldWriter<TMessage, T>(FieldDescriptor field, PropertyInfo property, WriterCompilation writers)
    : FieldWriter<TMessage>(field), IElementWriter
    where TMessage : class, IMessage
{
    private readonly Func<TMessage, RepeatedField<T>> _get = property.GetMethod!.CreateDelegate<Func<TMessage, RepeatedField<T>>>();
    private readonly ValueWriter<T> _write = ValueWriters.For<T>(field, writers);

    public override void WriteValue(JsonTextWriter json, TMessage message)
    {
        json.WriteStartArray();
        foreach (var element in _get(message))
            _write(json, element);
        json.WriteEndArray();
    }

    public int Count(IMessage message) => _get((TMessage)message).Count;

    public void WriteElement(JsonTextWriter json, IMessage message, int index) => _write(json, _get((TMessage)message)[index]);
}
