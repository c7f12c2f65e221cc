namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>A key file that somebody else keeps. It is only read.</summary>
internal sealed class NamedKeyFile(string path) : IKeySource
{
    private readonly KeyFile _file = new(path, $"the key file {path} (Servers:Encryption:KeyFile)");

    public KeyRing Load(KeyId? needed) => _file.Read();

    public KeyRing Renew(KeyRing present) => _file.Read();

    public KeyRing Retire(KeyRing renewed) => renewed;
}
