using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ServersGrpc.Rpc.Transcoding.Errors;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>
/// Reads an Any: an object that names its type, and has the members of that type, or its "value" if it has a form of its own.
/// </summary>
internal sealed class AnyReader(JsonMessageReader messages, MessageTypes types)
{
    private const string Type = "@type";
    private const string Value = "value";

    public void Read(ref JsonCursor cursor, Any any)
    {
        if (!cursor.Expect(JsonTokenType.StartObject, "an object, {…}"))
            return;
        // Members have no order, but what the others mean hangs on this one.
        if (!cursor.TryFind(Type, out var found))
        {
            ReadNothing(ref cursor);
            return;
        }
        if (found.Token != JsonTokenType.String || found.TryGetString() is not { } typeUrl)
        {
            cursor.Skip(found.At, $"expected a string as \"{Type}\", found {found.Found}");
            return;
        }
        if (types.Find(typeUrl) is not { } type)
        {
            var shown = InvalidRequest.Shown(typeUrl);
            cursor.Skip(found.At, $"\"{shown}\" names no type that is known here, as type.googleapis.com/package.Name would");
            return;
        }
        var content = type.Parser.ParseFrom(ByteString.Empty);
        if (content is Empty || WellKnownTypes.HaveOwnForm(type))
            ReadValue(ref cursor, content);
        else
            messages.ReadMembers(ref cursor, content, Type);
        any.TypeUrl = typeUrl;
        any.Value = content.ToByteString();
    }

    /// <summary>An Any of nothing is {}.</summary>
    private static void ReadNothing(ref JsonCursor cursor)
    {
        var at = cursor.At;
        if (!cursor.ReadInside())
            return;
        cursor.Report(at, $"the object does not name its type in \"{Type}\"");
        do
            cursor.Skip();
        while (cursor.ReadInside());
    }

    private void ReadValue(ref JsonCursor cursor, IMessage content)
    {
        var at = cursor.At;
        var seen = new HashSet<string>();
        while (cursor.ReadInside())
        {
            var nameAt = cursor.At;
            var name = cursor.TryGetString();
            cursor.Enter(name ?? "");
            cursor.Read();
            if (name is not (Type or Value))
                cursor.Skip(nameAt, $"there is no such member; there are {Type}, {Value}");
            else if (!seen.Add(name))
                cursor.Skip(nameAt, "the member is given twice");
            else if (name == Value)
                messages.ReadInto(ref cursor, content);
            cursor.Leave();
        }
        // Whether Empty has a form of its own, the protobuf libraries do not agree.
        if (!seen.Contains(Value) && content is not Empty)
            cursor.Report(at, $"a {content.Descriptor.FullName} is expected as \"{Value}\"");
    }
}
