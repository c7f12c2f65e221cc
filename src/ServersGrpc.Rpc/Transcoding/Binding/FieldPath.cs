using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServersGrpc.Rpc.Transcoding.Json;

namespace ServersGrpc.Rpc.Transcoding.Binding;

/// <summary>A field, or a field of a field: "a.b".</summary>
internal sealed class FieldPath
{
    private readonly FieldDescriptor[] _fields;

    private FieldPath(FieldDescriptor[] fields)
    {
        _fields = fields;
        Name = string.Join('.', fields.Select(field => field.Name));
    }

    public FieldDescriptor Leaf => _fields[^1];

    /// <summary>The names of the contract, joined by dots: the same for all ways to write the path.</summary>
    public string Name { get; }

    /// <summary>The field whose text a path or query can give: a scalar, or what a well-known type is made of.</summary>
    public FieldDescriptor? Scalar =>
        Leaf.IsMap ? null
        : Leaf.FieldType != FieldType.Message ? Leaf
        : WellKnownTypes.WrappedValue(Leaf.MessageType);

    /// <summary>Whether a path or query can give it: a text, or several where it is repeated.</summary>
    public bool IsText => Scalar is not null || (!Leaf.IsMap && WellKnownTypes.AreTexts(Leaf.MessageType));

    /// <summary>Finds the fields by either of their names.</summary>
    public static bool TryResolve(MessageDescriptor message, string dotted, [NotNullWhen(true)] out FieldPath? path)
    {
        path = null;
        var names = dotted.Split('.');
        var found = new FieldDescriptor[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            if (MessageFields.Find(message, names[i]) is not { } field)
                return false;
            found[i] = field;
            if (i == names.Length - 1)
                break;
            if (field.FieldType != FieldType.Message || field.IsRepeated || WellKnownTypes.HaveOwnForm(field.MessageType))
                return false;
            message = field.MessageType;
        }
        path = new FieldPath(found);
        return true;
    }

    /// <summary>Whether the other path is this one or leads through it.</summary>
    public bool Contains(FieldPath other) =>
        other.Name.StartsWith(Name, StringComparison.Ordinal) && (other.Name.Length == Name.Length || other.Name[Name.Length] == '.');

    /// <summary>The member that is set of a oneof in which the path would set another; null where there is none.</summary>
    public FieldDescriptor? Rival(IMessage message)
    {
        foreach (var field in _fields)
        {
            if (field.RealContainingOneof?.Accessor.GetCaseFieldDescriptor(message) is { } set && set != field)
                return set;
            if (field.IsRepeated || field.Accessor.GetValue(message) is not IMessage child)
                return null;
            message = child;
        }
        return null;
    }

    /// <summary>Sets the field, or adds to it if it is repeated; messages on the way are made.</summary>
    public void Set(IMessage message, object value)
    {
        foreach (var parent in _fields.AsSpan(..^1))
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
        expected = WellKnownTypes.Expected(Leaf.MessageType);
        var value = Leaf.MessageType.Parser.ParseFrom(ByteString.Empty);
        return WellKnownTypes.TryReadText(text, value) ? value : null;
    }
}
