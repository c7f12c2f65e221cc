using System.Text;
using LiteDB;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Encryption;

namespace ServersGrpc.LiteDb.Documents;

/// <summary>The secrets of a server as a document. They are encrypted here, and only here.</summary>
internal static class CredentialDocument
{
    private const string CaCertificate = "ca_cert";
    private const string TlsCertificate = "tls_cert";
    private const string Expires = "expires";
    private const string NextCaCertificate = "next_ca_cert";
    private const string NextTlsCertificate = "next_tls_cert";
    private const string NextExpires = "next_expires";

    public static BsonDocument Write(ServerRecord server, SecretCipher cipher)
    {
        var document = new BsonDocument { [StoredDocument.Id] = server.Uid };
        var keys = server.Credentials;
        Seal(SecretField.Secret, Encoding.UTF8.GetBytes(server.Secret));
        Seal(SecretField.CaKey, keys.CaKey.Span);
        Seal(SecretField.TlsKey, keys.TlsKey.Span);
        Seal(SecretField.UserData, Encoding.UTF8.GetBytes(server.UserData));
        Seal(SecretField.RequestDigest, Encoding.UTF8.GetBytes(server.RequestDigest));
        document.Put(CaCertificate, keys.CaCertificate);
        document.Put(TlsCertificate, keys.TlsCertificate);
        document.Put(Expires, keys.Expires);
        if (server.Next is not { } next)
            return document;
        Seal(SecretField.NextSecret, Encoding.UTF8.GetBytes(next.Secret));
        Seal(SecretField.NextCaKey, next.Keys.CaKey.Span);
        Seal(SecretField.NextTlsKey, next.Keys.TlsKey.Span);
        document.Put(NextCaCertificate, next.Keys.CaCertificate);
        document.Put(NextTlsCertificate, next.Keys.TlsCertificate);
        document.Put(NextExpires, next.Keys.Expires);
        return document;

        void Seal(string field, ReadOnlySpan<byte> value) => document.Put(field, cipher.Seal(server.Uid, field, value));
    }

    /// <summary>Adds its secrets to a server.</summary>
    /// <exception cref="EncryptionException">One of them does not decrypt.</exception>
    public static ServerRecord AddTo(ServerRecord server, BsonDocument document, SecretCipher cipher)
    {
        var next = new ServerCredentials(
            Open(SecretField.NextCaKey), document.Bytes(NextCaCertificate), Open(SecretField.NextTlsKey), document.Bytes(NextTlsCertificate))
        {
            Expires = document.Time(NextExpires),
        };
        return server with
        {
            Secret = OpenText(SecretField.Secret),
            UserData = OpenText(SecretField.UserData),
            RequestDigest = OpenText(SecretField.RequestDigest),
            Credentials = new(Open(SecretField.CaKey), document.Bytes(CaCertificate), Open(SecretField.TlsKey), document.Bytes(TlsCertificate))
            {
                Expires = document.Time(Expires),
            },
            Next = OpenText(SecretField.NextSecret) is { Length: > 0 } secret ? new(secret, next) : null,
        };

        byte[] Open(string field) => cipher.Open(server.Uid, field, document.Bytes(field));
        string OpenText(string field) => Encoding.UTF8.GetString(Open(field));
    }

    /// <summary>The keys that the document's secrets are under.</summary>
    public static IEnumerable<KeyId> KeysOf(BsonDocument document) =>
        SecretField.All.Select(field => SecretCipher.KeyOf(document.Bytes(field))).OfType<KeyId>();

    /// <summary>Whether both have the same secrets: large, and as good as never changed, they are not written with every probe.</summary>
    public static bool IsSame(ServerRecord one, ServerRecord other) =>
        ReferenceEquals(one.Credentials, other.Credentials) && one.Secret == other.Secret && ReferenceEquals(one.Next, other.Next)
        && ReferenceEquals(one.UserData, other.UserData) && one.RequestDigest == other.RequestDigest;
}
