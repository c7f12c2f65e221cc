using Microsoft.Extensions.Logging;

namespace ServersGrpc.Engine.Storage.Encryption;

internal static class KeySources
{
    /// <summary>The source that valid options name.</summary>
    public static IKeySource Of(EncryptionOptions options, DataDirectory directory, ILogger logger) => options switch
    {
        { KeyFile.Length: > 0 } => new NamedKeyFile(Path.GetFullPath(options.KeyFile)),
        { KeyVariable.Length: > 0 } => new KeyVariable(options.KeyVariable),
        _ => new OwnKeyFile(directory.File(OwnKeyFile.FileName), logger),
    };
}
