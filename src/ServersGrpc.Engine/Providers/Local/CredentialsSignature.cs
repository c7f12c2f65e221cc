using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>
/// Proves to an agent that new credentials come from who holds its authority's key: the service. Whoever holds the server's certificate and
/// key may call it, and must not be able to take it from the others.
/// </summary>
public static class CredentialsSignature
{
    /// <summary>Where an agent takes them, by PUT.</summary>
    public const string Path = "/credentials";

    /// <summary>The header that carries it, in base64.</summary>
    public const string Header = "Credentials-Signature";

    /// <param name="authority">The credentials that the agent has; signed with their authority's key, which is worth nothing once they are replaced.</param>
    /// <param name="generation">The agent's directory: what is meant for one agent is of no use at another.</param>
    /// <param name="body">The new credentials, as sent.</param>
    internal static string Sign(ServerCredentials authority, string generation, ReadOnlySpan<byte> body)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(Encoding.ASCII.GetString(authority.CaKey.Span));
        return Convert.ToBase64String(key.SignData(Signed(generation, body), HashAlgorithmName.SHA256));
    }

    public static bool IsValid(X509Certificate2 authority, string generation, ReadOnlySpan<byte> body, string signature)
    {
        using var key = authority.GetECDsaPublicKey();
        var bytes = new byte[signature.Length];
        return key is not null && Convert.TryFromBase64String(signature, bytes, out var length)
            && key.VerifyData(Signed(generation, body), bytes.AsSpan(0, length), HashAlgorithmName.SHA256);
    }

    // A generation is of hexadecimal digits: where it ends can't be mistaken. The beginning tells these from whatever else the key signs.
    private static byte[] Signed(string generation, ReadOnlySpan<byte> body) =>
        [.. "servers-grpc credentials "u8, .. Encoding.ASCII.GetBytes(generation), (byte)'\n', .. body];
}
