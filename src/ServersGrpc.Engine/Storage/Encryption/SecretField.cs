namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>The fields that are encrypted, by their names.</summary>
internal static class SecretField
{
    public const string Secret = "secret";
    public const string CaKey = "ca_key";
    public const string TlsKey = "tls_key";
    public const string UserData = "user_data";
    public const string NextSecret = "next_secret";
    public const string NextCaKey = "next_ca_key";
    public const string NextTlsKey = "next_tls_key";
    public const string RequestDigest = "request_digest";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Secret, CaKey, TlsKey, UserData, NextSecret, NextCaKey, NextTlsKey, RequestDigest];
}
