using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ServersGrpc.Auth.Authentication.Tokens;

/// <summary>Makes tokens, and the hashes that stand for them.</summary>
internal static class SecretToken
{
    /// <summary>What tokens begin with, so that programs that search for leaked secrets know one.</summary>
    public const string Prefix = "sgt_";

    private const int Bytes = 32;
    private const int MostOnStack = 512;

    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static byte[] Hash(string token)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        Hash(token, hash);
        return hash;
    }

    public static void Hash(ReadOnlySpan<char> token, Span<byte> hash)
    {
        var most = Encoding.UTF8.GetMaxByteCount(token.Length);
        var utf8 = most <= MostOnStack ? stackalloc byte[MostOnStack] : new byte[most];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
    }
}
