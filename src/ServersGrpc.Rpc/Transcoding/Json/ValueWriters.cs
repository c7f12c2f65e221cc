using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>How a value of each protobuf type is written. 64-bit integers are numbers here: the documented clients read numbers.</summary>
internal static class ValueWriters
{
    private static readonly ValueWriter<string> Text = static (json, value) => json.WriteStringValue(value);
    private static readonly ValueWriter<ByteString> Bytes = static (json, value) => json.WriteBase64StringValue(value.Span);
    private static readonly ValueWriter<bool> Bool = static (json, value) => json.WriteBooleanValue(value);
    private static readonly ValueWriter<int> Int32 = static (json, value) => json.WriteNumberValue(value);
    private static readonly ValueWriter<long> Int64 = static (json, value) => json.WriteNumberValue(value);
    private static readonly ValueWriter<uint> UInt32 = static (json, value) => json.WriteNumberValue((ulong)value);
    private static readonly ValueWriter<ulong> UInt64 = static (json, value) => json.WriteNumberValue(value);
    private static readonly ValueWriter<float> Float = WriteFloat;
    private static readonly ValueWriter<double> Double = WriteDouble;
    private static readonly MethodInfo OfEnumMethod = Method(nameof(OfEnum));
    private static readonly MethodInfo OfMessageMethod = Method(nameof(OfMessage));
    private static readonly MethodInfo OfNullableMethod = Method(nameof(OfNullable));
    private static readonly MethodInfo OfReferenceMethod = Method(nameof(OfReference));

    /// <exception cref="InvalidOperationException">The field's type can't be written as JSON.</exception>
    public static ValueWriter<T> For<T>(FieldDescriptor field, WriterCompilation writers) =>
        (ValueWriter<T>)For(typeof(T), field, writers);

    public static void WriteFloat(JsonTextWriter json, float value)
    {
        if (float.IsFinite(value))
            json.WriteNumberValue(value);
        else
            WriteDouble(json, value);
    }

    public static void WriteDouble(JsonTextWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteStringValue(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);
    }

    private static object For(Type type, FieldDescriptor field, WriterCompilation writers)
    {
        switch (field.FieldType)
        {
            case FieldType.String:
                return Text;
            case FieldType.Bytes:
                return Bytes;
            case FieldType.Bool:
                return Bool;
            case FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32:
                return Int32;
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64:
                return Int64;
            case FieldType.UInt32 or FieldType.Fixed32:
                return UInt32;
            case FieldType.UInt64 or FieldType.Fixed64:
                return UInt64;
            case FieldType.Float:
                return Float;
            case FieldType.Double:
                return Double;
            case FieldType.Enum:
                return Make(OfEnumMethod, type, field.EnumType);
            case FieldType.Message when WellKnownTypes.WrappedValue(field.MessageType) is { } value:
                return Nullable.GetUnderlyingType(type) is { } inner
                    ? Make(OfNullableMethod, inner, For(inner, value, writers))
                    : Make(OfReferenceMethod, type, For(type, value, writers));
            case FieldType.Message or FieldType.Group:
                return Make(OfMessageMethod, type, writers.For(field.MessageType));
            default:
                throw new InvalidOperationException($"{field.FullName}: JSON for {field.FieldType} fields is not supported.");
        }
    }

    private static ValueWriter<T> OfEnum<T>(EnumDescriptor descriptor)
        where T : struct
    {
        if (WellKnownTypes.IsNullValue(descriptor))
            return static (json, _) => json.WriteNullValue();
        // Of several names of one number the first declared is the canonical one.
        var names = new Dictionary<int, JsonEncodedText>();
        foreach (var value in descriptor.Values)
            names.TryAdd(value.Number, JsonEncodedText.Encode(value.Name));
        return (json, value) =>
        {
            // The generated enums are all int beneath.
            var number = Unsafe.BitCast<T, int>(value);
            if (names.TryGetValue(number, out var name))
                json.WriteStringValue(name);
            else
                json.WriteNumberValue(number);
        };
    }

    private static ValueWriter<T?> OfMessage<T>(JsonMessageWriter writer)
        where T : class, IMessage =>
        (json, value) =>
        {
            if (value is null)
                json.WriteNullValue();
            else
                writer.Write(json, value);
        };

    private static ValueWriter<T?> OfNullable<T>(ValueWriter<T> writer)
        where T : struct =>
        (json, value) =>
        {
            if (value is { } set)
                writer(json, set);
            else
                json.WriteNullValue();
        };

    private static ValueWriter<T?> OfReference<T>(ValueWriter<T> writer)
        where T : class =>
        (json, value) =>
        {
            if (value is not null)
                writer(json, value);
            else
                json.WriteNullValue();
        };

    private static object Make(MethodInfo method, Type type, object argument) => method.MakeGenericMethod(type).Invoke(null, [argument])!;

    private static MethodInfo Method(string name) => typeof(ValueWriters).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
}
