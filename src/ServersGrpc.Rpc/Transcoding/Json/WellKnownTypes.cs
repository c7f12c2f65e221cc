using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>The types of google.protobuf whose JSON is not that of their fields.</summary>
internal static class WellKnownTypes
{
    private static readonly Dictionary<MessageDescriptor, string> Texts = new()
    {
        [Timestamp.Descriptor] = "a google.protobuf.Timestamp such as 2020-01-02T03:04:05.678Z, of the years 1 to 9999",
        [Duration.Descriptor] = "a google.protobuf.Duration such as 1.5s, of at most 315576000000s",
        [FieldMask.Descriptor] = "a google.protobuf.FieldMask such as name,parentName.id",
    };

    private static readonly HashSet<MessageDescriptor> Others =
        [Any.Descriptor, Struct.Descriptor, Value.Descriptor, ListValue.Descriptor];

    /// <summary>Whether its fields have no names in JSON.</summary>
    public static bool HaveOwnForm(MessageDescriptor descriptor) =>
        AreTexts(descriptor) || Others.Contains(descriptor) || WrappedValue(descriptor) is not null;

    /// <summary>Whether its JSON is a string, so that it can stand in a path or query.</summary>
    public static bool AreTexts(MessageDescriptor descriptor) => Texts.ContainsKey(descriptor);

    /// <summary>What the text of such a type looks like, to stand after "expected".</summary>
    public static string Expected(MessageDescriptor descriptor) => Texts[descriptor];

    /// <summary>Reads the text of such a type into the message.</summary>
    /// <returns>False when the text is none of the type.</returns>
    public static bool TryReadText(string text, IMessage message) => message switch
    {
        Timestamp timestamp => TimestampText.TryRead(text, timestamp),
        Duration duration => DurationText.TryRead(text, duration),
        FieldMask mask => FieldMaskText.TryRead(text, mask),
        _ => throw new ArgumentException($"A {message.Descriptor.FullName} is not a text."),
    };

    /// <summary>The value inside of Int32Value and its like, whose JSON is that of the value; null for all other types.</summary>
    public static FieldDescriptor? WrappedValue(MessageDescriptor descriptor) =>
        descriptor.File == WrappersReflection.Descriptor ? descriptor.FindFieldByNumber(1) : null;

    /// <summary>Whether JSON's null is a value of the type, and not the lack of one.</summary>
    public static bool TakesNull(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType == Value.Descriptor,
        FieldType.Enum => IsNullValue(field.EnumType),
        _ => false,
    };

    /// <summary>Whether it is the enum whose JSON is always null.</summary>
    public static bool IsNullValue(EnumDescriptor descriptor) => descriptor.FullName == "google.protobuf.NullValue";
}
