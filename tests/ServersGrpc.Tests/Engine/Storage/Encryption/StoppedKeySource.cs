using ServersGrpc.Engine.Storage.Encryption;

namespace ServersGrpc.Tests.Engine.Storage.Encryption;

/// <summary>Keys whose change ends in the middle, as when the process is killed there.</summary>
internal sealed class StoppedKeySource(IKeySource inner) : IKeySource
{
    /// <summary>What happens after new keys are kept.</summary>
    public Action Renewed { get; init; } = () => { };

    /// <summary>What happens before old keys are given up.</summary>
    public Action Retiring { get; init; } = () => { };

    public KeyRing Load(KeyId? needed) => inner.Load(needed);

    public KeyRing Renew(KeyRing present)
    {
        var renewed = inner.Renew(present);
        Renewed();
        return renewed;
    }

    public KeyRing Retire(KeyRing renewed)
    {
        Retiring();
        return inner.Retire(renewed);
    }
}
