using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>
/// The whole store, with writes of all kinds, of several callers at once too. An exact lineage happens again for the same seed: what several callers
/// ask for at once is taken up together, and checkpoints follow where they were drawn. What is left to chance are bytes, such as nonces, and now and
/// then a page more or less of LiteDB's random indexes, which changes the rest of one lineage in a hundred. In another lineage no caller waits for
/// anything, and the store checkpoints by size and in every quiet moment, as in the service: which writes share a transaction, and when it
/// checkpoints, is the threads' to decide. Such a lineage happens again nearly, and may have to be tried several times.
/// </summary>
internal sealed class StoreSubject : ISubject
{
    private const string Installation = "simulated";
    private const int MostAtOnce = 6;
    private const int MostStepsToCheckpoint = 40;
    private const int Never = int.MaxValue;
    private const int Always = 1;

    private static readonly int[] CheckpointSizes = [Always, 100_000, 300_000, 1_000_000];

    private readonly bool _isExact;
    private readonly Random _random;
    private readonly int _stepsToCheckpoint;
    private readonly StorageOptions _options;
    private readonly ServerSamples _samples;
    private readonly StoreWorkload _workload;
    private readonly StoreClock _clock = new();
    private readonly SimulatedKeys _keys = new();
    private readonly StoreJournal _journal = new();
    private readonly StoreModel _model = new();
    private bool _isInstalled;
    private StoreProcess? _process;

    /// <param name="seed">The lineage's.</param>
    /// <param name="isExact">Whether the lineage is to happen again exactly.</param>
    public StoreSubject(int seed, bool isExact)
    {
        _isExact = isExact;
        _random = new(seed);
        _samples = new(_random);
        _workload = new(_samples);
        _stepsToCheckpoint = _random.Next(1, MostStepsToCheckpoint);
        _options = new()
        {
            MaxBatch = _random.Next(4) == 0 ? 2 : 256,
            CheckpointSize = isExact ? Never : CheckpointSizes[_random.Next(CheckpointSizes.Length)],
            QuietTime = isExact ? TimeSpan.FromHours(12) : TimeSpan.FromMilliseconds(1),
        };
    }

    public long Acknowledged { get; private set; }

    public bool IsInCheckpoint => _process?.IsInCheckpoint == true;

    public bool RecoversByItself => true;

    /// <summary>What a test puts between the store and its disk.</summary>
    public Func<IStoreDirectory, IStoreDirectory> Disk { get; init; } = disk => disk;

    /// <summary>What a test puts between the store and its callers.</summary>
    public Func<IStorageEngine, IStorageEngine> Front { get; init; } = store => store;

    private IStorageEngine Store => Front(_process!.Store);

    public void Open(IStoreDirectory directory)
    {
        _clock.Pass(TimeSpan.FromSeconds(_random.Next(1, 1000)));
        var now = _clock.GetUtcNow();
        // Who had leases is dead.
        var start = StoreWrite.Of("start", WriteKind.Alone, _ => Task.CompletedTask, model => [model.Release(server => server.LeaseOwner is not null, now)]);
        try
        {
            _process = new(Disk(directory), _keys, _isInstalled ? "" : Installation, _options, _clock, _journal);
        }
        catch
        {
            _model.Doubt([start]);
            throw;
        }
        _isInstalled = true;
        _model.Acknowledge([new(start, "")]);
        if (Store.InstallationId != Installation)
            _model.Violate($"the installation is {Store.InstallationId}, not {Installation}");
        if (_process.Pause() is { } failure)
            throw failure;
    }

    public SubjectCheck Check()
    {
        var isKept = false;
        try
        {
            isKept = _model.Violation is null && Compare();
        }
        catch (Exception e) when (!StoreTrouble.Explains(e))
        {
            _model.Violate($"{e}");
        }
        return new(_model.Violation, isKept ? 1 : 0);
    }

    public void Work(Random random)
    {
        _clock.Pass(TimeSpan.FromMilliseconds(random.Next(1, 20_000)));
        if (_isExact)
            _options.CheckpointSize = random.Next(_stepsToCheckpoint) == 0 ? Always : Never;
        var reading = _isExact ? Task.CompletedTask : ReadAsync();
        StoreUnavailableException? failure = null;
        foreach (var transaction in Transactions(Run(Draw(random))))
        {
            var failed = transaction.Select(outcome => outcome.Failure).OfType<StoreUnavailableException>().ToList();
            if (failed.Count == 0)
            {
                _model.Acknowledge(transaction);
                Acknowledged += transaction.Count;
                continue;
            }
            _model.Doubt([.. transaction.Select(outcome => outcome.Write)]);
            failure ??= failed[0];
            if (failed.Count < transaction.Count)
                _model.Violate($"of {transaction.Count} writes that share a transaction, {failed.Count} failed");
        }
        failure ??= _process!.Pause();
        reading.GetAwaiter().GetResult();
        if ((failure is null || StoreTrouble.Explains(failure) ? _journal.Fault : failure) is { } fault)
            _model.Violate($"{fault}");
        if (_model.Violation is { } violation)
            throw new InvalidOperationException(violation);
        if (failure is not null)
            throw failure;
    }

    public void Close()
    {
        _process!.Stop();
        _process = null;
    }

    public void Drop()
    {
        _process?.Kill();
        _process = null;
    }

    /// <summary>Compares all that the store holds with the model. Returns whether writes that were under way are there.</summary>
    private bool Compare()
    {
        if (_process!.Pause() is { } failure)
            throw failure;
        Store.CheckAsync(CancellationToken.None).GetAwaiter().GetResult();
        var since = DrawRevision();
        var found = StoreContents.ReadAsync(Store, ServerSamples.Names, [.. _samples.Uids], since).GetAwaiter().GetResult();
        var isKept = _model.Settle(found, since);
        foreach (var key in _keys.Retired.Where(_process.HoldsAnyUnder))
            _model.Violate($"secrets under key {key}, which was given up, are on the disk");
        return isKept;
    }

    /// <summary>Reads all there is while it is written. What that gives is of no one state; but it must not be damaged.</summary>
    private async Task ReadAsync()
    {
        try
        {
            await StoreContents.ReadAsync(Store, ServerSamples.Names, [.. _samples.Uids], DrawRevision());
        }
        catch (Exception e)
        {
            // What the disk explains, writes tell of too.
            if (!StoreTrouble.Explains(e))
                _model.Violate($"{e}");
        }
    }

    // One that was forgotten, or never reached, now and then.
    private long DrawRevision() => _random.NextInt64(Math.Max(1, _model.State.Forgotten - 2), _model.State.Revision + 3);

    private List<StoreWrite> Draw(Random random)
    {
        var count = random.Next(4) > 0 ? 1 : random.Next(2, MostAtOnce + 1);
        var writes = Enumerable.Range(0, count).Select(_ => _workload.Draw(random, _model.State, _clock.GetUtcNow())).ToList();
        var inParts = writes.FindIndex(write => write.Kind == WriteKind.InParts);
        // The parts of a write come when they like, and a writer that is held needs a server.
        if (_isExact && (inParts >= 0 || _model.State.Servers.IsEmpty))
            return [writes[0]];
        // As in the service, where one loop forgets.
        return [.. writes.Where((write, i) => write.Kind != WriteKind.InParts || i == inParts)];
    }

    /// <summary>Asks for all of them before it waits for any.</summary>
    private List<StoreOutcome> Run(List<StoreWrite> writes)
    {
        List<Task<string>> running;
        using (_isExact && writes.Count > 1 ? new WriterHold(_process!.Store, _model.State.Servers.Values.First().Name) : null)
            running = [.. writes.Select(write => write.Run(Store))];
        return [.. writes.Zip(running, StoreOutcome.Of)];
    }

    /// <summary>The writes in the order in which they were asked for; those together of which it is known that they share a transaction.</summary>
    private IEnumerable<IReadOnlyList<StoreOutcome>> Transactions(List<StoreOutcome> outcomes)
    {
        var most = _isExact ? _options.MaxBatch : 1;
        for (var i = 0; i < outcomes.Count;)
        {
            var shared = outcomes.Skip(i).TakeWhile(outcome => outcome.Write.Kind == WriteKind.Shared).Take(most).ToList();
            yield return shared.Count > 0 ? shared : [outcomes[i]];
            i += Math.Max(1, shared.Count);
        }
    }
}
