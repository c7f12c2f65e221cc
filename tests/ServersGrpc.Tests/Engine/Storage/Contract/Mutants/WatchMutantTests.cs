using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Simulation;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>Engines that are wrong in one thing about watches: the contract notices each.</summary>
public sealed class WatchMutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(typeof(SkipsAChange), nameof(WatchContract.Watch_FromARevision_EveryChangeSinceAsItWas))]
    [InlineData(typeof(TellsAChangeTwice), nameof(WatchContract.Watch_FromARevision_EveryChangeSinceAsItWas))]
    [InlineData(typeof(TellsOutOfOrder), nameof(WatchContract.Watch_MoreMissedThanOneRead_AllOfItInOrder))]
    [InlineData(typeof(TellsOfTheServerAsItIs), nameof(WatchContract.Watch_FromARevision_EveryChangeSinceAsItWas))]
    [InlineData(typeof(TellsOnePageOfThePast), nameof(WatchContract.Watch_MoreMissedThanOneRead_AllOfItInOrder))]
    [InlineData(typeof(TellsOfTheFirstRevisionOfSeveral), nameof(WatchContract.Watch_SeveralEventsInOneChange_OneChangeWithTheLastRevision))]
    [InlineData(typeof(ForgetsTheServersThatAre), nameof(WatchContract.Watch_FromZero_EveryServerThenABookmarkThenWhatHappens))]
    [InlineData(typeof(TakesTheNewForChanged), nameof(WatchContract.Watch_FromZero_EveryServerThenABookmarkThenWhatHappens))]
    [InlineData(typeof(BookmarksTheNextRevision), nameof(WatchContract.Watch_FromZero_EveryServerThenABookmarkThenWhatHappens))]
    [InlineData(typeof(ForgetsTheConditions), nameof(WatchContract.Watch_WithConditions_OnlyWhatFitsAfterTheChange))]
    [InlineData(typeof(KeepsSecretsOfThePurged), nameof(WatchContract.Watch_PurgeWhileWatching_IsHeardWithoutSecrets))]
    [InlineData(typeof(KeepsSecretsOfThePurged), nameof(WatchContract.Watch_FromARevision_ServersPurgedSinceWithoutTheirSecrets))]
    [InlineData(typeof(GoesOnFromAnyRevision), nameof(WatchContract.Watch_RevisionOfTheFuture_IsRefused))]
    [InlineData(typeof(GoesOnFromAnyRevision), nameof(WatchContract.Watch_RevisionBeforeWhatWasForgotten_IsRefusedWithTheOldest))]
    [InlineData(typeof(GoesOnFromAnyRevision), nameof(WatchContract.Watch_RevisionWhoseOwnEventsWereForgotten_IsRefused))]
    [InlineData(typeof(HoldsNoReaderForSlow), nameof(WatchContract.Watch_ReaderThatLags_IsToldAndLosesNothingWhenItGoesOn))]
    [InlineData(typeof(TellsOfNotes), nameof(AccessContract.Note_AServer_LeavesItAndItsWatchersAsTheyAre))]
    public async Task Contract_Mutant_IsNoticed(Type mutant, string by) => output.WriteLine(await ContractSuite.NoticesAsync(by, mutant));

    /// <summary>Tells each change as it wants to.</summary>
    private abstract class WatchMutant(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async IAsyncEnumerable<ServerChange> WatchAsync(
            long since, ServerQuery query, TimeSpan bookmarkInterval, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var change in base.WatchAsync(since, query, bookmarkInterval, cancellationToken))
            {
                foreach (var told in await TellAsync(change, cancellationToken))
                    yield return told;
            }
        }

        protected abstract ValueTask<IReadOnlyList<ServerChange>> TellAsync(ServerChange change, CancellationToken cancellationToken);
    }

    private sealed class SkipsAChange(IStorageEngine inner) : WatchMutant(inner)
    {
        protected override ValueTask<IReadOnlyList<ServerChange>> TellAsync(ServerChange change, CancellationToken cancellationToken) =>
            new(change is { Type: ChangeType.Modified, Revision: 3 } ? [] : [change]);
    }

    private sealed class TellsAChangeTwice(IStorageEngine inner) : WatchMutant(inner)
    {
        protected override ValueTask<IReadOnlyList<ServerChange>> TellAsync(ServerChange change, CancellationToken cancellationToken) =>
            new(change is { Type: ChangeType.Modified, Revision: 3 } ? [change, change] : [change]);
    }

    private sealed class TellsOutOfOrder(IStorageEngine inner) : WatchMutant(inner)
    {
        private ServerChange? _late;

        protected override ValueTask<IReadOnlyList<ServerChange>> TellAsync(ServerChange change, CancellationToken cancellationToken)
        {
            if (change is { Type: ChangeType.Modified, Revision: 10 })
            {
                _late = change;
                return new([]);
            }
            return new(Interlocked.Exchange(ref _late, null) is { } late ? [change, late] : [change]);
        }
    }

    private sealed class TellsOfTheServerAsItIs(IStorageEngine inner) : WatchMutant(inner)
    {
        protected override async ValueTask<IReadOnlyList<ServerChange>> TellAsync(ServerChange change, CancellationToken cancellationToken) =>
            [change with { Server = change.Server is { } server ? await FindAsync(server.Name, cancellationToken) : null }];
    }

    private sealed class TellsOnePageOfThePast(IStorageEngine inner) : WatchMutant(inner)
    {
        protected override ValueTask<IReadOnlyList<ServerChange>> TellAsync(ServerChange change, CancellationToken cancellationToken) =>
            new(change is { Type: ChangeType.Modified, Revision: > 64 } ? [] : [change]);
    }

    private sealed class TellsOfTheFirstRevisionOfSeveral(IStorageEngine inner) : WatchMutant(inner)
    {
        protected override ValueTask<IReadOnlyList<ServerChange>> TellAsync(ServerChange change, CancellationToken cancellationToken) =>
            new([change with { Revision = change.Type == ChangeType.Modified ? change.Revision - 1 : change.Revision }]);
    }

    private sealed class ForgetsTheServersThatAre(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async IAsyncEnumerable<ServerChange> WatchAsync(
            long since, ServerQuery query, TimeSpan bookmarkInterval, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var isPast = since == 0;
            await foreach (var change in base.WatchAsync(since, query, bookmarkInterval, cancellationToken))
            {
                isPast &= change.Type != ChangeType.Bookmark;
                if (!isPast)
                    yield return change;
            }
        }
    }

    private sealed class TakesTheNewForChanged(IStorageEngine inner) : WatchMutant(inner)
    {
        protected override ValueTask<IReadOnlyList<ServerChange>> TellAsync(ServerChange change, CancellationToken cancellationToken) =>
            new([change with { Type = change.Type == ChangeType.Added ? ChangeType.Modified : change.Type }]);
    }

    private sealed class BookmarksTheNextRevision(IStorageEngine inner) : WatchMutant(inner)
    {
        protected override ValueTask<IReadOnlyList<ServerChange>> TellAsync(ServerChange change, CancellationToken cancellationToken) =>
            new([change.Type == ChangeType.Bookmark ? change with { Revision = change.Revision + 1 } : change]);
    }

    private sealed class ForgetsTheConditions(IStorageEngine inner) : StoreMutant(inner)
    {
        public override IAsyncEnumerable<ServerChange> WatchAsync(
            long since, ServerQuery query, TimeSpan bookmarkInterval, CancellationToken cancellationToken) =>
            base.WatchAsync(since, ServerQuery.Everything, bookmarkInterval, cancellationToken);
    }

    private sealed class KeepsSecretsOfThePurged(IStorageEngine inner) : WatchMutant(inner)
    {
        // Of all engines: one of them may be opened after a purge.
        private static readonly ConcurrentDictionary<string, string> Secrets = new();

        public override Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken)
        {
            Secrets[server.Uid] = server.Secret;
            return base.AddAsync(server, first, limits, cancellationToken);
        }

        protected override ValueTask<IReadOnlyList<ServerChange>> TellAsync(ServerChange change, CancellationToken cancellationToken) =>
            new([change.Server is { } server ? change with { Server = server with { Secret = Secrets[server.Uid] } } : change]);
    }

    private sealed class GoesOnFromAnyRevision(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async IAsyncEnumerable<ServerChange> WatchAsync(
            long since, ServerQuery query, TimeSpan bookmarkInterval, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                await using var watch = base.WatchAsync(since, query, bookmarkInterval, cancellationToken).GetAsyncEnumerator(cancellationToken);
                await watch.MoveNextAsync();
            }
            catch (RevisionExpiredException)
            {
                since = 0;
            }
            await foreach (var change in base.WatchAsync(since, query, bookmarkInterval, cancellationToken))
                yield return change;
        }
    }

    private sealed class HoldsNoReaderForSlow(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async IAsyncEnumerable<ServerChange> WatchAsync(
            long since, ServerQuery query, TimeSpan bookmarkInterval, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using var watch = base.WatchAsync(since, query, bookmarkInterval, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await MoveNextAsync(watch))
                yield return watch.Current;
        }

        private static async Task<bool> MoveNextAsync(IAsyncEnumerator<ServerChange> watch)
        {
            try
            {
                return await watch.MoveNextAsync();
            }
            catch (SlowReaderException)
            {
                return false;
            }
        }
    }

    private sealed class TellsOfNotes(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken)
        {
            foreach (var note in notes)
                await ChangeAsync(note.Server.Name, server => new(server, note.Event), cancellationToken);
        }
    }
}
