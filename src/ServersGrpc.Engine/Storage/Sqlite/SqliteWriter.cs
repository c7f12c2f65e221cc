using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Storage.Watch;
using ServersGrpc.Engine.Tracing;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>
/// The only writer. Writes that wait at the same time share one transaction, so that they share its one wait for the disk; each is taken
/// back alone if it fails alone.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly Func<WriteSession> _open;
    private readonly Func<StoreUnavailableException?> _tryRoom;
    private readonly Action<CommittedWrites> _publish;
    private readonly TimeProvider _time;
    private readonly StoreMetrics _metrics;
    private readonly ILogger _logger;
    private readonly int _batch;
    private readonly BlockingCollection<IPendingWrite> _queue = [];
    private readonly Thread _thread;
    private WriteSession? _session;
    private volatile StoreUnavailableException? _fault;

    /// <param name="open">Opens a session, and makes what the database holds visible.</param>
    /// <param name="tryRoom">Tells what still stands against a server's worth of writing; null when nothing does.</param>
    /// <param name="publish">Makes a commit visible, before its writers hear of it.</param>
    /// <param name="batch">How many writes may share a transaction.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Told how long writes wait and take.</param>
    /// <param name="logger">Told when writes begin to fail and when they recover.</param>
    public SqliteWriter(
        Func<WriteSession> open, Func<StoreUnavailableException?> tryRoom, Action<CommittedWrites> publish, int batch, TimeProvider time,
        StoreMetrics metrics, ILogger logger)
    {
        (_open, _tryRoom, _publish, _batch, _time, _metrics, _logger) = (open, tryRoom, publish, batch, time, metrics, logger);
        _session = open();
        _thread = new(Work) { IsBackground = true, Name = "SQLite writer" };
        _thread.Start();
    }

    /// <summary>Why writes fail: from a transaction that failed until one succeeds and there is room for a server; null otherwise.</summary>
    public StoreUnavailableException? Fault => _fault;

    public Task<T> RunAsync<T>(Func<WriteSession, T> write, CancellationToken cancellationToken)
    {
        var pending = new PendingWrite<T>(write, _time.GetTimestamp(), cancellationToken);
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

    /// <summary>Finishes what waits, then closes the database.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _session?.Dispose();
        _queue.Dispose();
    }

    private void Work()
    {
        var batch = new List<IPendingWrite>();
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            // At the end, a database that did not take the last write is not waited for again.
            if (_fault is not null && _queue.IsAddingCompleted)
            {
                first.Fail(new StoreUnavailableException("The service is stopping."));
                continue;
            }
            batch.Add(first);
            while (batch.Count < _batch && _queue.TryTake(out var next))
                batch.Add(next);
            Write(batch);
            batch.Clear();
        }
    }

    private void Write(List<IPendingWrite> batch)
    {
        CommittedWrites committed;
        var began = _time.GetTimestamp();
        foreach (var write in batch)
            _metrics.Waited(_time.GetElapsedTime(write.Queued, began));
        try
        {
            committed = Commit(batch);
        }
        catch (Exception e)
        {
            Fail(batch, e);
            return;
        }
        // On a full disk a small write may fit where a server doesn't.
        if (_fault is not null)
        {
            _fault = _tryRoom();
            if (_fault is null)
                StoreLog.WritesRecovered(_logger);
        }
        _publish(committed);
        _metrics.Committed(batch.Count, _time.GetElapsedTime(began));
        foreach (var write in batch)
            write.Complete();
    }

    private CommittedWrites Commit(List<IPendingWrite> batch)
    {
        using var activity = CommitActivity.Start(batch, static write => write.Writer);
        try
        {
            _session ??= _open();
            _session.Begin();
            foreach (var write in batch)
                write.Run(_session);
            var committed = _session.Commit();
            activity?.End("ok", isError: false);
            return committed;
        }
        catch
        {
            activity?.End("failed", isError: true);
            throw;
        }
    }

    // What state a connection is in after a failed statement or commit is not worth knowing: closing it takes back what can be, and the
    // next session reads what the database made of the rest. Only a lock that could not be taken has left everything as it was.
    private void Fail(List<IPendingWrite> batch, Exception e)
    {
        if (!SqliteFaults.IsLocked(e) || _session is { IsWriting: true })
        {
            _session?.Dispose();
            _session = null;
        }
        var fault = e is SqliteException sqlite && SqliteFaults.AsUnavailable(sqlite) is { } unavailable ? unavailable : e;
        if (fault is not StoreUnavailableException)
            StoreLog.WriteFaulted(_logger, e);
        else if (_fault is null)
            StoreLog.WritesFail(_logger, fault.Message);
        _fault = fault as StoreUnavailableException ?? new("The last write failed in a way that was not foreseen.", e);
        _metrics.Failed();
        foreach (var write in batch)
            write.Fail(fault);
    }
}
