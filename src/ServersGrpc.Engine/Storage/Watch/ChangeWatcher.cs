using System.Runtime.CompilerServices;

namespace ServersGrpc.Engine.Storage.Watch;

/// <summary>Runs watches: first what was missed, from memory or from the history, then the feed.</summary>
internal sealed class ChangeWatcher(CommittedView view, ReadHistory history, TimeProvider time, StoreMetrics metrics)
{
    private const int PageSize = 64;
    private const int FeedBatch = 16;
    private const int MaxReads = 2;

    // When all come back at once, after a restart, they must not take every thread and all of the disk from everyone else.
    private readonly SemaphoreSlim _reads = new(MaxReads);

    /// <summary>See <see cref="IServerStore.WatchAsync"/>.</summary>
    public async IAsyncEnumerable<ServerChange> WatchAsync(
        long since, ServerQuery query, TimeSpan bookmarkInterval, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var open = metrics.Watch();
        var said = time.GetTimestamp();
        var start = view.Start(since);
        await foreach (var change in PastAsync(since, start, cancellationToken))
        {
            if (query.Fits(change.Server!))
                yield return change;
            else if (time.GetElapsedTime(said) >= bookmarkInterval)
                yield return Bookmark(change.Revision);
            else
                continue;
            said = time.GetTimestamp();
        }

        var (revision, place, isPresent, batch) = (start.FeedRevision, start.Place, false, new ServerChange[FeedBatch]);
        while (true)
        {
            var count = start.Feed.Read(place, batch, out var news);
            place += count;
            for (var i = 0; i < count; i++)
            {
                revision = batch[i].Revision;
                if (!query.Fits(batch[i].Server!))
                    continue;
                yield return batch[i];
                said = time.GetTimestamp();
            }

            var silence = bookmarkInterval - time.GetElapsedTime(said);
            if (silence <= TimeSpan.Zero || (!isPresent && revision >= start.Present))
            {
                isPresent = revision >= start.Present;
                yield return Bookmark(revision);
                said = time.GetTimestamp();
            }
            else if (count == 0)
            {
                await news.WaitAsync(silence, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>What was before the feed: the servers as they are, or every change that the history tells.</summary>
    private async IAsyncEnumerable<ServerChange> PastAsync(
        long since, WatchStart start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var server in start.Servers.OrderBy(server => server.Revision))
            yield return new(ChangeType.Added, server.Revision, server);
        if (since == 0)
            yield break;
        ThrowIfUnknown(since, start.Revision);
        while (since < start.FeedRevision)
        {
            var page = await ReadPageAsync(since, start.FeedRevision, cancellationToken);
            // Asked after reading: what was forgotten meanwhile is refused here.
            ThrowIfUnknown(since, start.Revision);
            foreach (var change in page)
                yield return change;
            since = page.Count < PageSize ? start.FeedRevision : page[^1].Revision;
        }
    }

    private async Task<IReadOnlyList<ServerChange>> ReadPageAsync(long since, long upTo, CancellationToken cancellationToken)
    {
        await _reads.WaitAsync(cancellationToken);
        try
        {
            return await history(since, upTo, PageSize, cancellationToken) ?? throw new RevisionExpiredException(since, upTo, upTo);
        }
        finally
        {
            _reads.Release();
        }
    }

    private void ThrowIfUnknown(long since, long newest)
    {
        var oldest = view.Settings.Forgotten;
        if (since > newest || since < oldest)
            throw new RevisionExpiredException(since, oldest, newest);
    }

    private static ServerChange Bookmark(long revision) => new(ChangeType.Bookmark, revision, null);
}
