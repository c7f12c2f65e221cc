using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using ServersGrpc.Tests.Rpc.Transcoding.Samples;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Makes messages of any type at random, the edges of every type's range often. One seed, one message.</summary>
internal sealed class MessageGenerator(int seed)
{
    private const int MostElements = 3;
    private const int DeepestMessage = 4;

    private static readonly MessageDescriptor[] InAny =
    [
        Part.Descriptor, Sample.Descriptor, Any.Descriptor, Timestamp.Descriptor, Duration.Descriptor, FieldMask.Descriptor, Struct.Descriptor,
        Value.Descriptor, ListValue.Descriptor, Empty.Descriptor, Int64Value.Descriptor, StringValue.Descriptor, DoubleValue.Descriptor,
    ];

    private static readonly string[] Texts =
    [
        "", "a", "0", "null", "@type", "value", "\"\\/", "\0\u001f\u007f\u0080", "\r\n\t", "é€", "😀", "\u2028\uFEFF\uFFFD", "</script>&'", new('x', 300),
    ];

    private static readonly double[] Doubles =
        [0, -0.0, 1, -1, 0.1, 1e15, 1e16, 1e21, 123456789012345680, double.MaxValue, double.Epsilon, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static readonly string[] Paths = ["name", "full_name", "parent.full_name", "deep.er.still_deeper", "b2"];

    private readonly Random _random = new(seed);

    public T Next<T>()
        where T : IMessage, new() => (T)Message(new T().Descriptor, depth: 0);

    private IMessage Message(MessageDescriptor type, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        switch (message)
        {
            case Timestamp timestamp:
                timestamp.Seconds = Pick(-62_135_596_800, 253_402_300_799, 0, -1, _random.NextInt64(-62_135_596_800, 253_402_300_799));
                timestamp.Nanos = Nanos();
                break;
            case Duration duration:
                var sign = Pick(-1, 1);
                duration.Seconds = sign * Pick(0, 1, 315_576_000_000, _random.NextInt64(315_576_000_000));
                duration.Nanos = sign * Nanos();
                break;
            case FieldMask mask:
                mask.Paths.Add(_random.GetItems(Paths, _random.Next(MostElements)));
                break;
            case Value value:
                Fill(value, depth);
                break;
            case Struct fields:
                // The library writes no empty key.
                for (var count = _random.Next(MostElements); count > 0; count--)
                    fields.Fields[Pick(Texts[1..])] = (Value)Message(Value.Descriptor, depth + 1);
                break;
            case Any any:
                any.MergeFrom(Any.Pack(Message(depth < DeepestMessage ? Pick(InAny) : Empty.Descriptor, depth + 2)));
                break;
            default:
                // Some six of its fields, fewer further down.
                var all = type.Fields.InDeclarationOrder();
                var share = 6.0 / all.Count / (depth + 1);
                foreach (var field in all)
                    if (_random.NextDouble() < share)
                        Set(message, field, depth);
                break;
        }
        return message;
    }

    private void Fill(Value value, int depth)
    {
        switch (_random.Next(depth < DeepestMessage ? 6 : 4))
        {
            case 0:
                value.NullValue = NullValue.NullValue;
                break;
            case 1:
                // Without those that look like long integers, which the tests quote for the library.
                value.NumberValue = Pick(Doubles.Where(number => double.IsFinite(number) && number is < 1e15 or > 1e20).ToArray());
                break;
            case 2:
                value.StringValue = Pick(Texts);
                break;
            case 3:
                value.BoolValue = Pick(true, false);
                break;
            case 4:
                value.StructValue = (Struct)Message(Struct.Descriptor, depth + 1);
                break;
            default:
                value.ListValue = (ListValue)Message(ListValue.Descriptor, depth + 1);
                break;
        }
    }

    private void Set(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.FieldType == FieldType.Message && !field.IsMap && depth >= DeepestMessage)
            return;
        if (field.IsMap)
        {
            var map = (IDictionary)field.Accessor.GetValue(message);
            for (var count = _random.Next(MostElements); count >= 0; count--)
                map[Make(field.MessageType.FindFieldByNumber(1), depth)] = Make(field.MessageType.FindFieldByNumber(2), depth);
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            for (var count = _random.Next(MostElements); count >= 0; count--)
                list.Add(Make(field, depth));
        }
        else
        {
            field.Accessor.SetValue(message, Make(field, depth));
        }
    }

    private object Make(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Double => Pick(Pick(Doubles), Finite(BitConverter.Int64BitsToDouble(_random.NextInt64()))),
        FieldType.Float => (float)Pick(Pick(Doubles.Where(number => number != double.MaxValue).ToArray()), _random.NextSingle(), float.MaxValue, float.Epsilon),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => Pick(0, 1, -1, int.MinValue, int.MaxValue, _random.Next()),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Pick(0, 1, -1, long.MinValue, long.MaxValue, (1L << 53) + 1, _random.NextInt64()),
        FieldType.UInt32 or FieldType.Fixed32 => Pick<uint>(0, 1, uint.MaxValue, (uint)_random.Next()),
        FieldType.UInt64 or FieldType.Fixed64 => Pick<ulong>(0, 1, ulong.MaxValue, (ulong)_random.NextInt64()),
        FieldType.Bool => Pick(true, false),
        FieldType.String => Pick(Texts),
        FieldType.Bytes => Bytes(),
        FieldType.Enum when field.EnumType.Name == nameof(NullValue) => 0,
        FieldType.Enum => Pick(0, 1, -5, 77, int.MinValue, int.MaxValue),
        _ when field.MessageType.File == WrappersReflection.Descriptor => Make(field.MessageType.FindFieldByNumber(1), depth),
        _ => Message(field.MessageType, depth + 1),
    };

    private ByteString Bytes()
    {
        var bytes = new byte[_random.Next(40)];
        _random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }

    private int Nanos() => Pick(0, 1, 999_999_999, 500_000_000, 1_000, _random.Next(1_000_000_000));

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
