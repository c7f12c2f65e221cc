namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>A value in the settings that only the right key opens: tells a wrong key also where there is no server yet.</summary>
internal sealed class KeyCheck
{
    /// <summary>The place that it is bound to; no server has an empty uid.</summary>
    private const string Uid = "";
    private const string Field = "check";

    private readonly byte[] _value;

    private KeyCheck(byte[] value, KeyId key)
    {
        _value = value;
        Key = key;
    }

    /// <summary>The key that the database needs.</summary>
    public KeyId Key { get; }

    /// <param name="stored">As the settings have it.</param>
    /// <exception cref="EncryptionException">It was changed.</exception>
    public static KeyCheck Read(string stored)
    {
        try
        {
            var value = Convert.FromHexString(stored);
            return new(value, SecretCipher.KeyOf(value) ?? throw new FormatException());
        }
        catch (FormatException e)
        {
            throw new EncryptionException(
                "The database has lost what tells the right key from a wrong one: it was changed by another program. Restore it from a backup.", e);
        }
    }

    public static string Write(SecretCipher cipher) => Convert.ToHexString(cipher.Seal(Uid, Field, "servers"u8));

    /// <exception cref="EncryptionException">The database is encrypted under a key that is not there.</exception>
    public void Verify(SecretCipher cipher, string database)
    {
        if (!cipher.Keys.TryGet(Key, out _))
            throw cipher.Keys.Lacks($"The database {database}", Key);
        cipher.Open(Uid, Field, _value);
    }
}
