namespace ServersGrpc.Engine.Storage.Watch;

/// <summary>
/// The latest changes, for all watches together: one ring, in which each watch has but a place. However many watches there are and however
/// slow they read, memory is the ring's, and the writer, the only one that appends, never waits: a watch whose place was
/// written over is told so.
/// </summary>
/// <param name="backlog">How many changes a watch may lag behind.</param>
/// <param name="revision">The last revision before the feed's first change.</param>
internal sealed class ChangeFeed(int backlog, long revision)
{
    // One more than may be read: it is written before it is counted.
    private readonly ServerChange?[] _ring = new ServerChange?[backlog + 1];
    private long _end;
    private TaskCompletionSource _news = NewSignal();
    private volatile string? _trouble;

    /// <summary>The place of the next change.</summary>
    public long End => Volatile.Read(ref _end);

    public void Append(IReadOnlyList<ServerChange> changes)
    {
        if (changes.Count == 0)
            return;
        foreach (var change in changes)
        {
            Volatile.Write(ref Slot(_end), change);
            Volatile.Write(ref _end, _end + 1);
        }
        Signal();
    }

    /// <summary>Lets go of the secrets of servers that are purged.</summary>
    public void Redact(IReadOnlySet<string> uids)
    {
        for (var place = Math.Max(0, _end - _ring.Length); place < _end; place++)
        {
            var change = Slot(place)!;
            if (uids.Contains(change.Server!.Uid))
                Volatile.Write(ref Slot(place), change with { Server = change.Server.WithoutSecrets() });
        }
    }

    /// <summary>Nothing more will come; watches hear of the trouble once they have read what is there.</summary>
    public void Fail(string trouble)
    {
        _trouble = trouble;
        Signal();
    }

    /// <summary>The place of the first change after a revision; null when that is not here any more, or will not be for long. For the writer's side.</summary>
    public long? PlaceAfter(long since)
    {
        var first = Math.Max(0, _end - (backlog / 2));
        if (since < (first == 0 ? revision : Slot(first - 1)!.Revision))
            return null;
        var (low, high) = (first, _end);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (Slot(middle)!.Revision > since)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    /// <summary>
    /// Copies what there is from a place on. When that is nothing, <paramref name="news"/> completes as soon as there is more.
    /// </summary>
    /// <exception cref="SlowReaderException">The place was written over.</exception>
    /// <exception cref="StoreUnavailableException">Nothing more will come.</exception>
    public int Read(long place, Span<ServerChange> into, out Task news)
    {
        // Taken before looking, so that what is appended after the look completes it.
        news = Volatile.Read(ref _news).Task;
        // Likewise: what came before the trouble is there to be read.
        var trouble = _trouble;
        var count = (int)Math.Min(into.Length, End - place);
        for (var i = 0; i < count; i++)
            into[i] = Volatile.Read(ref Slot(place + i))!;
        // The writer may have come round while this copied.
        if (End - place > backlog)
            throw new SlowReaderException(backlog);
        return count == 0 && trouble is not null ? throw new StoreUnavailableException(trouble) : count;
    }

    private ref ServerChange? Slot(long place) => ref _ring[place % _ring.Length];

    // On another thread: waking a thousand watches is not the writer's work.
    private void Signal() => ThreadPool.UnsafeQueueUserWorkItem(
        static signal => signal.TrySetResult(), Interlocked.Exchange(ref _news, NewSignal()), preferLocal: false);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
