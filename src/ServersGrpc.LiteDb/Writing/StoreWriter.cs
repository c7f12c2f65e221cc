using System.Collections.Concurrent;
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
    private readonly Lock _starting = new();
    private IPendingWrite? _next;
    private volatile Thread? _thread;
    private volatile LiteSession? _session;
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
        _session = open();
        opened(_session);
        Start();
    }

    /// <summary>Why writes fail: from a transaction that failed until one succeeds and there is room for a server; null otherwise.</summary>
    public StoreUnavailableException? Fault => _fault;

    /// <summary>The open database; null after a failure, until the next write.</summary>
    public LiteSession? Session => _session;

    public Task<T> RunAsync<T>(Func<WriteBatch, T> write, CancellationToken cancellationToken) => Queue<T>(write, null, cancellationToken);

    /// <summary>Runs what is no part of a transaction.</summary>
    public Task<T> RunAloneAsync<T>(Func<LiteSession, T> work, CancellationToken cancellationToken) => Queue(null, work, cancellationToken);

    /// <summary>Finishes what waits, then closes the database.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        // A thread that meets a failure starts the next one before it ends.
        for (var thread = _thread; ; thread = _thread)
        {
            thread!.Join();
            if (thread == _thread)
                break;
        }
        _queue.Dispose();
    }

    private Task<T> Queue<T>(Func<WriteBatch, T>? write, Func<LiteSession, T>? alone, CancellationToken cancellationToken)
    {
        var pending = new PendingWrite<T>(write, alone, _time.GetTimestamp(), cancellationToken);
        try
        {
            _queue.Add(pending, cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            return Task.FromException<T>(new StoreUnavailableException("The service is stopping.", e));
        }
        return pending.Done;
    }

    private void Start()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = "LiteDB writer" };
        // One that fails at once starts the next: not before it is known itself, or the end would wait for the wrong one.
        lock (_starting)
        {
            thread.Start();
            _thread = thread;
        }
    }

    private void Work()
    {
        while (TryTake() is { } first)
        {
            // At the end, a database that did not take the last write is not waited for again.
            if (_fault is not null && _queue.IsAddingCompleted)
            {
                first.Fail(new StoreUnavailableException("The service is stopping."));
                continue;
            }
            Gather(first);
            var isDone = TryWrite();
            _batch.Clear();
            // What LiteDB keeps of an engine that failed, it keeps by thread: it goes with this one.
            if (!isDone)
            {
                Start();
                return;
            }
        }
        Close();
    }

    /// <summary>The next write; null at the end. Waits, and moves the log to the data file when nothing else is to be done.</summary>
    private IPendingWrite? TryTake()
    {
        if (Interlocked.Exchange(ref _next, null) is { } kept)
            return kept;
        while (true)
        {
            if (_queue.TryTake(out var first, _options.QuietTime))
                return first;
            if (_queue.IsCompleted)
                return null;
            if (_session is { File.LogLength: > 0 })
                TryCheckpoint();
        }
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
            // On a full disk a small write may fit where a server doesn't.
            if (_fault is not null && _tryRoom() is { } fault)
                throw fault;
            committed = Commit();
        }
        catch (Exception e)
        {
            return Fail(e);
        }
        if (_fault is not null)
        {
            _fault = null;
            StoreLog.WritesRecovered(_logger);
        }
        if (committed is not null)
            _publish(committed);
        _metrics.Committed(_batch.Count, _time.GetElapsedTime(began));
        foreach (var write in _batch)
            write.Complete();
        // What fails from here on is not theirs: they are on disk, and their callers know.
        _batch.Clear();
        return _session!.File.LogLength < _options.CheckpointSize || TryCheckpoint();
    }

    private CommittedWrites? Commit()
    {
        using var activity = CommitActivity.Start(_batch, static write => write.Writer);
        try
        {
            if (_session is null)
            {
                _session = _open();
                _opened(_session);
            }
            if (_batch is [{ IsAlone: true } alone])
            {
                _gate.RunAlone(() => alone.RunAlone(_session));
                return null;
            }
            var batch = new WriteBatch(_session, _time);
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

    /// <summary>False where it failed: what it was about is on disk all the same, but what else is, is not known.</summary>
    private bool TryCheckpoint()
    {
        try
        {
            _gate.RunAlone(_session!.File.Checkpoint);
            return true;
        }
        catch (Exception e)
        {
            return Fail(e);
        }
    }

    private bool Fail(Exception e)
    {
        Drop();
        var fault = LiteFaults.AsUnavailable(e);
        if (fault is null)
            StoreLog.WriteFaulted(_logger, e);
        else if (_fault is null)
            StoreLog.WritesFail(_logger, fault.Message);
        _fault = fault ?? new("The last write failed in a way that was not foreseen.", e);
        _metrics.Failed();
        foreach (var write in _batch)
            write.Fail(fault ?? e);
        return false;
    }

    private void Drop()
    {
        var session = _session;
        _session = null;
        session?.Dispose();
    }

    private void Close()
    {
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
        Drop();
    }
}
