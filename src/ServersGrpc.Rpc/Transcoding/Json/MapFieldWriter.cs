using System.Globalization;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding.Json;

internal sealed class MapFieldWriter<TMessage, TKey, TValue>(FieldDescriptor field, PropertyInfo property, WriterCompilation writers)
    : FieldWriter<TMessage>(field)
    where TMessage : class, IMessage
    where TKey : notnull
{
    private readonly Func<TMessage, MapField<TKey, TValue>> _get =
        property.GetMethod!.CreateDelegate<Func<TMessage, MapField<TKey, TValue>>>();
    private readonly ValueWriter<TValue> _write = ValueWriters.For<TValue>(field.MessageType.FindFieldByNumber(2), writers);

    public override void WriteValue(JsonTextWriter json, TMessage message)
    {
        json.WriteStartObject();
        var map = _get(message);
        // Enumerating allocates, and many maps are empty.
        if (map.Count > 0)
        {
            foreach (var (key, value) in map)
            {
                json.WritePropertyName(NameOf(key));
                _write(json, value);
            }
        }
        json.WriteEndObject();
    }

    private static string NameOf(TKey key) => key switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(key, CultureInfo.InvariantCulture)!,
    };
}
