using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>The types of google.protobuf whose JSON is not that of their fields.</summary>
internal static class WellKnownTypes
{
    private static readonly HashSet<string> OwnForms =
    [
        Timestamp.Descriptor.FullName, Duration.Descriptor.FullName, FieldMask.Descriptor.FullName,
        Struct.Descriptor.FullName, Value.Descriptor.FullName, ListValue.Descriptor.FullName,
    ];

    private static readonly HashSet<string> StringForms =
        [Timestamp.Descriptor.FullName, Duration.Descriptor.FullName, FieldMask.Descriptor.FullName];

    /// <summary>Whether the protobuf library's own JSON is used for it.</summary>
    public static bool HaveOwnForm(MessageDescriptor descriptor) => OwnForms.Contains(descriptor.FullName);

    /// <summary>Whether its JSON is a string, so that it can stand in a query.</summary>
    public static bool AreStrings(MessageDescriptor descriptor) => StringForms.Contains(descriptor.FullName);

    /// <summary>The value inside of Int32Value and its like, whose JSON is that of the value; null for all other types.</summary>
    public static FieldDescriptor? WrappedValue(MessageDescriptor descriptor) =>
        descriptor.File == WrappersReflection.Descriptor ? descriptor.FindFieldByNumber(1) : null;
}
