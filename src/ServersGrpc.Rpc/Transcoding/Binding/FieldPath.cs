using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServersGrpc.Rpc.Transcoding.Json;

namespace ServersGrpc.Rpc.Transcoding.Binding;

/// <summary>A field, or a field of a field: "a.b".</summary>
internal sealed class FieldPath
{
    private readonly FieldDescriptor[] _parents;

    private FieldPath(FieldDescriptor[] parents, FieldDescriptor leaf)
    {
        _parents = parents;
        Leaf = leaf;
        Name = string.Join('.', parents.Append(leaf).Select(field => field.Name));
    }

    public FieldDescriptor Leaf { get; }

    /// <summary>The names of the contract, joined by dots: the same for all ways to write the path.</summary>
    public string Name { get; }

    /// <summary>The field whose text a path or query can give: a scalar, or what a well-known type is made of.</summary>
    public FieldDescriptor? Scalar =>
        Leaf.IsMap ? null
        : Leaf.FieldType != FieldType.Message ? Leaf
        : WellKnownTypes.WrappedValue(Leaf.MessageType);

    /// <summary>Whether the field's JSON is a string that the protobuf library reads.</summary>
    public bool IsWellKnownString => Leaf is { IsMap: false, FieldType: FieldType.Message } && WellKnownTypes.AreStrings(Leaf.MessageType);

    /// <summary>Finds the fields by either of their names.</summary>
    public static bool TryResolve(MessageDescriptor message, string dotted, MessageFields fields, [NotNullWhen(true)] out FieldPath? path)
    {
        path = null;
        var names = dotted.Split('.');
        var found = new FieldDescriptor[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            if (fields.Find(message, names[i]) is not { } field)
                return false;
            found[i] = field;
            if (i == names.Length - 1)
                break;
            if (field.FieldType != FieldType.Message || field.IsRepeated || WellKnownTypes.HaveOwnForm(field.MessageType))
                return false;
            message = field.MessageType;
        }
        path = new FieldPath(found[..^1], found[^1]);
        return true;
    }

    /// <summary>Whether the other path is this one or leads through it.</summary>
    public bool Contains(FieldPath other) =>
        other.Name.StartsWith(Name, StringComparison.Ordinal) && (other.Name.Length == Name.Length || other.Name[Name.Length] == '.');

    /// <summary>Sets the field, or adds to it if it is repeated; messages on the way are made.</summary>
    public void Set(IMessage message, object value)
    {
        foreach (var parent in _parents)
        {
            if (parent.Accessor.GetValue(message) is not IMessage child)
                parent.Accessor.SetValue(message, child = parent.MessageType.Parser.ParseFrom(ByteString.Empty));
            message = child;
        }
        if (Leaf.IsRepeated)
            ((IList)Leaf.Accessor.GetValue(message)).Add(value);
        else
            Leaf.Accessor.SetValue(message, value);
    }

    /// <summary>Reads the text of a value as a path or a query gives it; null, and what would be right, when it is none.</summary>
    public object? Parse(string text, out string expected)
    {
        if (Scalar is { } scalar)
            return ScalarText.Parse(scalar, text, out expected);
        expected = $"a {Leaf.MessageType.FullName} as in JSON";
        try
        {
            return JsonParser.Default.Parse($"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"", Leaf.MessageType);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidOperationException)
        {
            return null;
        }
    }
}
