using System.Security.Cryptography;

namespace ServersGrpc.Engine.Servers;

/// <summary>Makes the secret that every server has.</summary>
public static class ServerSecrets
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int Length = 32;

    /// <summary>32 random characters of [A-Za-z0-9].</summary>
    public static string Generate() => RandomNumberGenerator.GetString(Alphabet, Length);
}
