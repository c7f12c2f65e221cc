using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>
/// Encrypts single values (AES-256-GCM) and decrypts them. A value is bound to its server and its field: elsewhere it does not open. Not for
/// several threads at once. Layout: version, key id, nonce, ciphertext, tag.
/// </summary>
internal sealed class SecretCipher(KeyRing keys) : IDisposable
{
    private const byte Version = 1;
    private const int KeyIdAt = 1;
    private const int NonceAt = KeyIdAt + sizeof(ulong);
    private const int NonceLength = 12;
    private const int TextAt = NonceAt + NonceLength;
    private const int TagLength = 16;

    private readonly Dictionary<KeyId, AesGcm> _ciphers = [];

    public KeyRing Keys { get; private set; } = keys;

    /// <summary>Goes on with other keys.</summary>
    public void Use(KeyRing other) => Keys = other;

    /// <summary>Encrypts under the first key. What is empty stays so.</summary>
    public byte[] Seal(string uid, string field, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return [];
        var sealedValue = new byte[TextAt + value.Length + TagLength];
        sealedValue[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(sealedValue.AsSpan(KeyIdAt), Keys.First.Id.Value);
        var nonce = sealedValue.AsSpan(NonceAt, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        Cipher(Keys.First).Encrypt(
            nonce, value, sealedValue.AsSpan(TextAt, value.Length), sealedValue.AsSpan(^TagLength..), Place(uid, field));
        return sealedValue;
    }

    /// <exception cref="EncryptionException">It is not of this place, was changed, or is under a key that is not here.</exception>
    public byte[] Open(string uid, string field, ReadOnlySpan<byte> sealedValue)
    {
        if (sealedValue.IsEmpty)
            return [];
        if (KeyOf(sealedValue) is not { } id || sealedValue.Length < TextAt + TagLength)
            throw Spoiled(uid, field);
        if (!Keys.TryGet(id, out var key))
            throw Keys.Lacks($"The {field} of server {uid}", id);
        var value = new byte[sealedValue.Length - TextAt - TagLength];
        try
        {
            Cipher(key).Decrypt(
                sealedValue.Slice(NonceAt, NonceLength), sealedValue[TextAt..^TagLength], sealedValue[^TagLength..], value, Place(uid, field));
            return value;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw Spoiled(uid, field, e);
        }
    }

    /// <summary>Under which key a value is; null: it is none that was written here.</summary>
    public static KeyId? KeyOf(ReadOnlySpan<byte> sealedValue) => sealedValue.Length >= NonceAt && sealedValue[0] == Version
        ? new KeyId(BinaryPrimitives.ReadUInt64BigEndian(sealedValue[KeyIdAt..]))
        : null;

    public void Dispose()
    {
        foreach (var cipher in _ciphers.Values)
            cipher.Dispose();
    }

    private AesGcm Cipher(EncryptionKey key) => _ciphers.TryGetValue(key.Id, out var cipher) ? cipher : _ciphers[key.Id] = key.ToCipher();

    // No field has a slash in its name, so no two places are alike.
    private static byte[] Place(string uid, string field) => Encoding.UTF8.GetBytes($"{uid}/{field}");

    private static EncryptionException Spoiled(string uid, string field, Exception? inner = null) => new(
        $"The {field} of server {uid} does not decrypt: the database was changed by another program, or is damaged. Restore it from a backup.", inner);
}
