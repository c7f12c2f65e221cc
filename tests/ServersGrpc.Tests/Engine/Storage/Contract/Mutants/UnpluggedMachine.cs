using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb;
using ServersGrpc.Simulation.Disk;
using ServersGrpc.Tests.Engine.Simulation;
using ServersGrpc.Tests.LiteDb;

namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>A machine that loses power whenever its store is closed. Of what was not synced then, its disk keeps nothing.</summary>
/// <param name="moment">Whether it does so just before or just afterwards.</param>
/// <param name="flaw">Which syncs the engine leaves out.</param>
internal sealed class UnpluggedMachine(PowerLoss moment, SkippedSyncs flaw)
{
    private SimulatedDisk _disk = new(seed: 1);

    public IStorageEngine Open(
        DataDirectory directory, DiskTrouble trouble, string installationId, StorageOptions options, TimeProvider time, StoreMetrics metrics)
    {
        var keys = KeySources.Of(options.Encryption, directory, NullLogger.Instance);
        var files = new UnsyncedDirectory(_disk, flaw);
        var store = LiteDbStore.Open(files, keys, installationId, options, time, metrics, NullLogger.Instance);
        files.IsOpened = true;
        return new Engine(store, Close);
    }

    private void Close(LiteDbStore store)
    {
        if (moment == PowerLoss.BeforeClosing)
            Unplug();
        store.Dispose();
        if (moment == PowerLoss.AfterClosing)
            Unplug();
    }

    private void Unplug() => _disk = _disk.AfterLoss(LossMode.Nothing);

    private sealed class Engine(LiteDbStore inner, Action<LiteDbStore> close) : StoreMutant(inner)
    {
        private readonly LiteDbStore _store = inner;

        public override void Dispose() => close(_store);
    }
}
