using System.Buffers.Binary;
using ServersGrpc.Engine.Storage.Encryption;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>Keys that are kept elsewhere than on the disk of the database: no loss of power takes any back.</summary>
internal sealed class SimulatedKeys : IKeySource
{
    private const string Source = "the simulated keys";

    private KeyRing? _ring;
    private int _made;

    /// <summary>The keys that were given up: nothing may be under them any more.</summary>
    public List<KeyId> Retired { get; } = [];

    public KeyRing Load(KeyId? needed) => _ring ??= needed is null
        ? new(Source, [Make()])
        : throw new EncryptionException($"A new disk is encrypted under key {needed}.");

    public KeyRing Renew(KeyRing present) => _ring = new(Source, [Make(), .. _ring!.Keys]);

    public KeyRing Retire(KeyRing renewed)
    {
        Retired.AddRange(renewed.Keys.Skip(1).Select(key => key.Id));
        return _ring = new(Source, [renewed.First]);
    }

    private EncryptionKey Make()
    {
        Span<byte> bytes = stackalloc byte[EncryptionKey.Length];
        bytes.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, ++_made);
        return new(bytes);
    }
}
