using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding;

/// <summary>Where the body of an HTTP message is a google.api.HttpBody: bytes as they are, and no JSON.</summary>
internal static class RawBody
{
    /// <param name="message">The request's or the response's type.</param>
    /// <param name="field">The field of it that is the body; null where all of it is.</param>
    public static bool Is(MessageDescriptor message, FieldDescriptor? field) =>
        (field is null ? message : IsMessage(field) ? field.MessageType : null) == HttpBody.Descriptor;

    /// <summary>The body of such a response; null where the field is not set.</summary>
    public static HttpBody? Of(IMessage message, FieldDescriptor? field) =>
        (HttpBody?)(field is null ? message : field.Accessor.GetValue(message));

    /// <summary>Sets the body of such a request.</summary>
    public static void Set(IMessage message, FieldDescriptor? field, string contentType, ReadOnlySpan<byte> data)
    {
        var body = field is null ? (HttpBody)message : new HttpBody();
        body.ContentType = contentType;
        body.Data = ByteString.CopyFrom(data);
        field?.Accessor.SetValue(message, body);
    }

    private static bool IsMessage(FieldDescriptor field) => field is { IsRepeated: false, FieldType: FieldType.Message };
}
