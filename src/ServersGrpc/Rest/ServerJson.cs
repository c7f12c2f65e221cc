using System.Text.Encodings.Web;
using System.Text.Json;
using ServersGrpc.V1;

namespace ServersGrpc.Rest;

/// <summary>
/// Writes servers as transcoding does, to the byte, in a twentieth of its garbage: it reads each field by a delegate and boxes it, which for a
/// list is most of the work. A test compares the two.
/// </summary>
internal static class ServerJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(Utf8JsonWriter writer, Server server)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, server.Id);
        writer.WriteString("provider"u8, server.Provider);
        writer.WriteString("state"u8, server.State);
        writer.WriteString("name"u8, server.Name);
        writer.WriteString("image"u8, server.Image);
        writer.WriteString("region"u8, server.Region);
        writer.WriteString("size"u8, server.Size);
        writer.WriteString("platform"u8, server.Platform);
        writer.WriteString("address"u8, server.Address);
        writer.WriteNumber("capacity"u8, server.Capacity);
        writer.WriteString("secret"u8, server.Secret);
        writer.WriteString("error"u8, server.Error);
        writer.WriteBase64String("ca_key"u8, server.CaKey.Span);
        writer.WriteBase64String("ca_cert"u8, server.CaCert.Span);
        writer.WriteBase64String("tls_key"u8, server.TlsKey.Span);
        writer.WriteBase64String("tls_cert"u8, server.TlsCert.Span);
        writer.WriteNumber("created"u8, server.Created);
        writer.WriteNumber("updated"u8, server.Updated);
        writer.WriteNumber("started"u8, server.Started);
        writer.WriteNumber("stopped"u8, server.Stopped);
        writer.WriteStartObject("labels"u8);
        foreach (var (key, value) in server.Labels)
            writer.WriteString(key, value);
        writer.WriteEndObject();
        writer.WriteString("etag"u8, server.Etag);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, ServerChange change)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, change.Type);
        writer.WriteNumber("revision"u8, change.Revision);
        if (change.Server is not null)
        {
            writer.WritePropertyName("server"u8);
            Write(writer, change.Server);
        }
        writer.WriteEndObject();
    }
}
