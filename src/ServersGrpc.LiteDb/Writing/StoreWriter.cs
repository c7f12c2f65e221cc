using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Watch;
using ServersGrpc.Engine.Tracing;

namespace ServersGrpc.LiteDb.Writing;

/// <summary>
/// The only writer. Writes that wait at the same time share one transaction, so that they share its one wait for the disk. After any failure the
/// session is dropped, and the next one reads what is on disk.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    // Opening reads the whole database: when no write asks for it, it is tried half as often after each failure, down to every 32 quiet times.
    private const int MostHalvings = 5;

    private const string Stopping = "The service is stopping.";
    private const long Idle = -1;

    // A service that is never quiet must also free room on the disk, and leave nothing of what was deleted in the log.
    private static readonly TimeSpan LongestUncut = TimeSpan.FromMinutes(5);

    private readonly Func<LiteSession> _open;
    private readonly Action<LiteSession> _opened;
    private readonly Func<StoreUnavailableException?> _tryRoom;
    private readonly Action<CommittedWrites> _publish;
    private readonly ReadGate _gate;
    private readonly StorageOptions _options;
    private readonly TimeProvider _time;
    private readonly StoreMetrics _metrics;
    private readonly ILogger _logger;
    private readonly BlockingCollection<IPendingWrite> _queue = [];
    private readonly List<IPendingWrite> _batch = [];
    private readonly TaskCompletionSource _ended = new();
    private IPendingWrite? _next;
    private int _failures;
    private long _cut;
    private long _began = Idle;
    private volatile LiteSession? _session;
    private volatile CheckpointHold? _hold;
    private volatile StoreUnavailableException? _fault;

    /// <param name="open">Opens a session.</param>
    /// <param name="opened">Makes what a session read visible.</param>
    /// <param name="tryRoom">Tells what stands against a server's worth of writing; null when nothing does.</param>
    /// <param name="publish">Makes a commit visible, before its writers hear of it.</param>
    /// <param name="gate">Keeps readers out while a checkpoint is made.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Told how long writes wait and take.</param>
    /// <param name="logger">Told when writes begin to fail and when they recover.</param>
    public StoreWriter(
        Func<LiteSession> open, Action<LiteSession> opened, Func<StoreUnavailableException?> tryRoom, Action<CommittedWrites> publish, ReadGate gate,
        StorageOptions options, TimeProvider time, StoreMetrics metrics, ILogger logger)
    {
        (_open, _opened, _tryRoom, _publish, _gate, _options, _time, _metrics, _logger) =
            (open, opened, tryRoom, publish, gate, options, time, metrics, logger);
        _cut = time.GetTimestamp();
        _session = open();
        opened(_session);
        Start();
    }

    /// <summary>Why writes fail: from a transaction that failed until one succeeds and there is room for a server; null otherwise.</summary>
    public StoreUnavailableException? Fault => _fault;

    /// <summary>That the work under way takes longer than on a disk that works; null: it doesn't.</summary>
    public StoreUnavailableException? Stall => Volatile.Read(ref _began) is var began and not Idle && Stopwatch.GetElapsedTime(began) > _options.StallTime
        ? new($"The disk that holds the database has not done what was asked of it within {_options.StallTime.TotalSeconds} seconds.")
        : null;

    /// <summary>The open database; null after a failure, until it can be opened again.</summary>
    public LiteSession? Session => _session;

    public Task<T> RunAsync<T>(Func<WriteBatch, T> write, CancellationToken cancellationToken) => Queue<T>(write, null, cancellationToken);

    /// <summary>Runs what is no part of a transaction.</summary>
    public Task<T> RunAloneAsync<T>(Func<LiteSession, T> work, CancellationToken cancellationToken) => Queue(null, work, cancellationToken);

    /// <summary>Makes a checkpoint, and then none for as long as what it returns is held, but where the log grows too large.</summary>
    public Task<CheckpointHold> HoldAsync(CancellationToken cancellationToken) => RunAloneAsync(session =>
    {
        session.File.Checkpoint();
        return _hold = new CheckpointHold(session.File);
    }, cancellationToken);

    /// <summary>Finishes what waits, then closes the database.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _ended.Task.Wait();
        _queue.Dispose();
    }

    private Task<T> Queue<T>(Func<WriteBatch, T>? write, Func<LiteSession, T>? alone, CancellationToken cancellationToken)
    {
        // Calls without a deadline would pile up.
        if (Stall is { } stall)
            return Task.FromException<T>(stall);
        var pending = new PendingWrite<T>(write, alone, _time.GetTimestamp(), cancellationToken);
        try
        {
            _queue.Add(pending, cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            return Task.FromException<T>(new StoreUnavailableException(Stopping, e));
        }
        return pending.Done;
    }

    private void Start() => new Thread(Work) { IsBackground = true, Name = "LiteDB writer" }.Start();

    private void Work()
    {
        while (_next is not null || !_queue.IsCompleted)
        {
            // What LiteDB keeps of an engine that failed, it keeps by thread: it goes with this one.
            if (!TryNext())
            {
                Start();
                return;
            }
        }
        Close();
        _ended.SetResult();
    }

    /// <summary>Waits for writes and does them; when there are none for a while, what is due without them. False where the database failed.</summary>
    private bool TryNext()
    {
        var first = Interlocked.Exchange(ref _next, null);
        if (first is null && !_queue.TryTake(out first, _options.QuietTime * (1 << Math.Min(_failures, MostHalvings))))
            return _queue.IsAddingCompleted || Timed(TryQuiet);
        // At the end, a database that did not take the last write is not waited for again.
        if (_fault is not null && _queue.IsAddingCompleted)
        {
            first.Fail(new StoreUnavailableException(Stopping));
            return true;
        }
        Gather(first);
        return Timed(TryWrite);
    }

    // Not by the store's clock: a test's or a simulation's runs at another speed than the disk.
    private bool Timed(Func<bool> work)
    {
        Volatile.Write(ref _began, Stopwatch.GetTimestamp());
        try
        {
            return work();
        }
        finally
        {
            Volatile.Write(ref _began, Idle);
        }
    }

    /// <summary>Recovers from a failure, moves the log to the data file, or gives what is free in that one back to the disk.</summary>
    private bool TryQuiet()
    {
        if (_hold is { IsHeld: true })
            return true;
        if (_session is { } session)
            return session.File.LogLength > 0 ? TryCut(session) : TryCompact(session);
        try
        {
            Open();
        }
        catch (Exception e)
        {
            return Fail(e);
        }
        Recover();
        return true;
    }

    private void Gather(IPendingWrite first)
    {
        _batch.Add(first);
        while (!first.IsAlone && _batch.Count < _options.MaxBatch && _queue.TryTake(out var next))
        {
            if (next.IsAlone)
            {
                _next = next;
                return;
            }
            _batch.Add(next);
        }
    }

    private bool TryWrite()
    {
        var began = _time.GetTimestamp();
        foreach (var write in _batch)
            _metrics.Waited(_time.GetElapsedTime(write.Queued, began));
        CommittedWrites? committed;
        try
        {
            committed = Commit();
        }
        catch (Exception e)
        {
            return Fail(e);
        }
        Recover();
        if (committed is not null)
            _publish(committed);
        _metrics.Committed(_batch.Count, _time.GetElapsedTime(began));
        foreach (var write in _batch)
            write.Complete();
        _batch.Clear();
        return _session!.File.LogLength < (_hold is { IsHeld: true } ? _options.HeldLogSize : _options.CheckpointSize) || TryCheckpoint();
    }

    private CommittedWrites? Commit()
    {
        using var activity = CommitActivity.Start(_batch, static write => write.Writer);
        try
        {
            var session = Open();
            if (_batch is [{ IsAlone: true } alone])
            {
                _gate.RunAlone(() => alone.RunAlone(session));
                return null;
            }
            var batch = new WriteBatch(session, _time);
            foreach (var write in _batch)
                write.Run(batch);
            var committed = batch.Commit();
            activity?.End("ok", isError: false);
            return committed;
        }
        catch
        {
            activity?.End("failed", isError: true);
            throw;
        }
    }

    /// <summary>
    /// Opens the database again after a failure. That begins with a checkpoint: where none can be made, nothing is written either, so that the log never
    /// grows past the size at which one is due and the writes of one transaction.
    /// </summary>
    private LiteSession Open()
    {
        if (_session is { IsLost: true })
            Drop("The database was in trouble.");
        if (_session is { } open)
            return open;
        // On a full disk a small write may fit where a server doesn't.
        if (_fault is not null && _tryRoom() is { } fault)
            throw fault;
        var session = _session = _open();
        _opened(session);
        return session;
    }

    private void Recover()
    {
        if (_fault is null)
            return;
        (_fault, _failures) = (null, 0);
        StoreLog.WritesRecovered(_logger);
    }

    /// <summary>False where it failed: what it was about is on disk all the same, but what else is, is not known.</summary>
    private bool TryCheckpoint()
    {
        _hold?.Lose($"More was written while the database was copied than its log may take, {_options.HeldLogSize >> 20} MiB. Try again when less is written.");
        var session = _session!;
        return _time.GetElapsedTime(_cut) < LongestUncut ? TryAlone(session.File.Checkpoint) : TryCut(session) && TryCompact(session);
    }

    /// <summary>Moves the log to the data file and cuts it: of what was deleted nothing is left, and others have the room.</summary>
    private bool TryCut(LiteSession session)
    {
        _cut = _time.GetTimestamp();
        return TryAlone(session.File.CutLog);
    }

    private bool TryCompact(LiteSession session) =>
        !session.IsSparse(_options.SparseSize, _options.MovedSize) || TryAlone(() => session.Compact(_time, _logger));

    private bool TryAlone(Action work)
    {
        try
        {
            _gate.RunAlone(work);
            return true;
        }
        catch (Exception e)
        {
            return Fail(e);
        }
    }

    private bool Fail(Exception e)
    {
        var fault = LiteFaults.AsUnavailable(e);
        Drop(fault?.Message ?? "The database was in trouble.");
        _failures++;
        if (fault is null)
            StoreLog.WriteFaulted(_logger, e);
        else if (_fault is null)
            StoreLog.WritesFail(_logger, fault.Message);
        _fault = fault ?? new("The last write failed in a way that was not foreseen.", e);
        _metrics.Failed();
        foreach (var write in _batch)
            write.Fail(_fault);
        _batch.Clear();
        return false;
    }

    private void Drop(string reason)
    {
        var (session, hold) = (_session, _hold);
        (_session, _hold) = (null, null);
        // A copy reads from the file until it knows.
        hold?.Lose(reason);
        // LiteDB would take from readers what they read.
        if (session is not null)
            _gate.RunAlone(session.Dispose);
    }

    private void Close()
    {
        _hold?.Lose(Stopping);
        try
        {
            if (_session is { } session)
                _gate.RunAlone(session.File.Close);
        }
        catch (Exception e)
        {
            // The next start finds the log.
            StoreLog.WriteFaulted(_logger, e);
        }
        Drop(Stopping);
    }
}
