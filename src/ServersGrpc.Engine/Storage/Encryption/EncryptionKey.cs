using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>A key of AES-256.</summary>
internal sealed class EncryptionKey
{
    public const int Length = 32;

    private readonly byte[] _bytes;

    public EncryptionKey(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
        // The prefix parts this digest from any other that somebody may take of a key.
        Id = new(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData([.. "ServersGrpc encryption key id\n"u8, .. bytes])));
    }

    public KeyId Id { get; }

    public static EncryptionKey Make()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        var key = new EncryptionKey(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>Whether a text is a key, as far as one can see, in any usual form. An absolute path is none.</summary>
    public static bool IsLike(string text)
    {
        var digits = text.TrimEnd('=');
        return (digits.Length == Base64.GetMaxEncodedToUtf8Length(Length) - 1 && digits[0] != '/' && Base64.IsValid(digits + "="))
            || (text.Length == 2 * Length && text.All(char.IsAsciiHexDigit));
    }

    /// <summary>As key files have it.</summary>
    public string ToBase64() => Convert.ToBase64String(_bytes);

    public AesGcm ToCipher() => new(_bytes, AesGcm.TagByteSizes.MaxSize);

    public override string ToString() => $"EncryptionKey({Id})";
}
