namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>Keys in an environment variable: they are what they were at start.</summary>
internal sealed class KeyVariable(string name) : IKeySource
{
    private const string Setting = "Servers:Encryption:KeyVariable";

    public KeyRing Load(KeyId? needed) => Environment.GetEnvironmentVariable(name) is { } text
        ? KeyRing.Parse($"the environment variable {name} ({Setting})", text)
        : throw new EncryptionException($"The environment variable {name}, which {Setting} names, is not set.");

    public KeyRing Renew(KeyRing present) => present;

    public KeyRing Retire(KeyRing renewed) => renewed;
}
