using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes one field of one message type.</summary>
internal abstract class FieldWriter<TMessage>(FieldDescriptor field) : IFieldWriter
    where TMessage : class, IMessage
{
    private readonly JsonEncodedText _name = JsonEncodedText.Encode(field.JsonName, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
    private readonly IFieldAccessor? _presence = field.HasPresence ? field.Accessor : null;

    public void WriteMember(JsonTextWriter json, TMessage message)
    {
        if (_presence is not null && !_presence.HasValue(message))
            return;
        json.WritePropertyName(_name);
        WriteValue(json, message);
    }

    public abstract void WriteValue(JsonTextWriter json, TMessage message);

    void IFieldWriter.WriteValue(JsonTextWriter json, IMessage message) => WriteValue(json, (TMessage)message);

    /// <exception cref="InvalidOperationException">The field's type can't be written as JSON.</exception>
    public static FieldWriter<TMessage> Create(FieldDescriptor field, WriterCompilation writers)
    {
        var property = typeof(TMessage).GetProperty(field.PropertyName)
            ?? throw new InvalidOperationException($"{field.FullName} has no generated property and can't be written as JSON.");
        var type = property.PropertyType;
        var writer = field switch
        {
            { IsMap: true } => typeof(MapFieldWriter<,,>).MakeGenericType([typeof(TMessage), .. type.GenericTypeArguments]),
            { IsRepeated: true } => typeof(RepeatedFieldWriter<,>).MakeGenericType([typeof(TMessage), .. type.GenericTypeArguments]),
            _ => typeof(SingularFieldWriter<,>).MakeGenericType(typeof(TMessage), type),
        };
        try
        {
            return (FieldWriter<TMessage>)Activator.CreateInstance(writer, field, property, writers)!;
        }
        catch (TargetInvocationException e) when (e.InnerException is InvalidOperationException reason)
        {
            throw new InvalidOperationException(reason.Message, e);
        }
    }
}
