using System.Security.Cryptography;

namespace ServersGrpc.Engine.Servers;

/// <summary>Makes names for servers whose request gave none.</summary>
public static class ServerNames
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int RandomLength = 8;

    /// <summary>The prefix and 8 random characters of [a-z0-9]. A clash is possible; whoever stores the name tries again.</summary>
    public static string Generate(string prefix) => prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength);
}
