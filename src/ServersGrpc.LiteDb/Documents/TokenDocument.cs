using LiteDB;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.LiteDb.Documents;

/// <summary>A token as a document: never the token, only its hash.</summary>
internal static class TokenDocument
{
    public static BsonDocument Write(TokenRecord token)
    {
        var document = new BsonDocument { [StoredDocument.Id] = token.Name };
        document.Put("role", token.Role.ToString());
        document.Put("scope", token.Scope.ToString());
        document.Put("hash", token.Hash);
        document.Put("created", token.Created);
        document.Put("expires", token.Expires);
        document.Put("revoked", token.Revoked);
        document.Put("used", token.Used);
        return document;
    }

    public static TokenRecord Read(BsonDocument document) => new()
    {
        Name = document[StoredDocument.Id].AsString,
        Role = Roles.Parse(document.Text("role")),
        Scope = Scope.Parse(document.Text("scope")),
        Hash = document.Bytes("hash"),
        Created = document.Time("created") ?? default,
        Expires = document.Time("expires"),
        Revoked = document.Time("revoked"),
        Used = document.Time("used"),
    };
}
