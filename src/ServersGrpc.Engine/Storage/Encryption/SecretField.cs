namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>The columns that are encrypted, by their names.</summary>
internal static class SecretField
{
    public const string Secret = "secret";
    public const string CaKey = "ca_key";
    public const string TlsKey = "tls_key";
    public const string UserData = "user_data";
}
