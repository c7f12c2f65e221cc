using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Simulation;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>Engines that do in several transactions, or by half, what belongs into one: the contract notices each.</summary>
public sealed class TransactionMutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(typeof(AddsTheServerWithoutItsEvent), nameof(LeaseContract.Purge_Held_RowGoesEventsStayNameIsFree))]
    [InlineData(typeof(SavesTheServerWithoutItsEvents), nameof(LeaseContract.Save_WithEvents_AllOfItIsThereAlsoWhenReopened))]
    [InlineData(typeof(SavesTheEventsWithoutTheServer), nameof(LeaseContract.Save_WithEvents_AllOfItIsThereAlsoWhenReopened))]
    [InlineData(typeof(SavesHalfOfTheEvents), nameof(LeaseContract.Save_WithEvents_AllOfItIsThereAlsoWhenReopened))]
    [InlineData(typeof(LosesTheEventsOfTheLastSave), nameof(LeaseContract.Save_WithEvents_AllOfItIsThereAlsoWhenReopened))]
    [InlineData(typeof(ChangesHalfOfTheEvents), nameof(ServerStoreContract.Change_SeveralEvents_AllOfItIsThereAlsoWhenReopened))]
    [InlineData(typeof(ChangesInSeveralTransactions), nameof(WatchContract.Watch_SeveralEventsInOneChange_OneChangeWithTheLastRevision))]
    [InlineData(typeof(ClaimsInSeveralTransactions), nameof(LeaseContract.Claim_ThatFails_TakesNothing))]
    [InlineData(typeof(PurgesTheServerWithoutItsEvent), nameof(LeaseContract.Purge_Held_RowGoesEventsStayNameIsFree))]
    [InlineData(typeof(TellsOfAPurgeThatItDoesNotDo), nameof(LeaseContract.Purge_Held_RowGoesEventsStayNameIsFree))]
    public async Task Contract_Mutant_IsNoticed(Type mutant, string by) => output.WriteLine(await ContractSuite.NoticesAsync(by, mutant));

    private sealed class AddsTheServerWithoutItsEvent(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken) =>
            [.. (await base.ListEventsAsync(name, cancellationToken)).Where(e => e.Reason != "ProvisionRequested")];
    }

    private sealed class SavesTheServerWithoutItsEvents(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
            base.SaveAsync(new(save.Server), leaseOwner, cancellationToken);
    }

    private sealed class SavesTheEventsWithoutTheServer(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
            await FindAsync(save.Server.Name, cancellationToken) is { } current
                ? await base.SaveAsync(new(current, save.Events), leaseOwner, cancellationToken)
                : null;
    }

    private sealed class SavesHalfOfTheEvents(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
            base.SaveAsync(save with { Events = [.. save.Events.Take(1)] }, leaseOwner, cancellationToken);
    }

    /// <summary>Writes the events of a save with the next write: where it ends before, they are lost.</summary>
    private sealed class LosesTheEventsOfTheLastSave(IStorageEngine inner) : StoreMutant(inner)
    {
        private readonly long _known = inner.ListAsync(ServerQuery.Everything, null, int.MaxValue, StoreFixture.Timeout)
            .AsTask().GetAwaiter().GetResult().Select(server => server.Revision).DefaultIfEmpty(long.MaxValue).Max();

        public override async Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken) =>
            [.. (await base.ListEventsAsync(name, cancellationToken)).Where(e => e.Revision < _known)];
    }

    private sealed class ChangesHalfOfTheEvents(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord> ChangeAsync(
            string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken) =>
            base.ChangeAsync(name, s => change(s) is { } save ? save with { Events = [.. save.Events.Take(1)] } : null, cancellationToken);
    }

    private sealed class ChangesInSeveralTransactions(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord> ChangeAsync(
            string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken)
        {
            var events = new Queue<EventDraft>();
            var changed = await base.ChangeAsync(
                name,
                server =>
                {
                    if (change(server) is not { } save)
                        return null;
                    events = new(save.Events.Skip(1));
                    return save with { Events = [.. save.Events.Take(1)] };
                },
                cancellationToken);
            while (events.TryDequeue(out var next))
                changed = await base.ChangeAsync(name, server => new(server, next), cancellationToken);
            return changed;
        }
    }

    private sealed class ClaimsInSeveralTransactions(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken)
        {
            var servers = new List<ServerRecord>();
            var next = (DateTimeOffset?)null;
            foreach (var provider in (await CountAsync(default, cancellationToken)).ByProvider.Keys.Order())
            {
                var claim = await base.ClaimAsync(lease, limit - servers.Count, other => other == provider ? share(other) : 0, cancellationToken);
                servers.AddRange(claim.Servers);
                next = next < claim.NextWake ? next : claim.NextWake ?? next;
            }
            return new(servers, next);
        }
    }

    private sealed class PurgesTheServerWithoutItsEvent(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken) =>
            [.. (await base.ListEventsAsync(name, cancellationToken)).Where(e => e.Reason != "Purged")];
    }

    private sealed class TellsOfAPurgeThatItDoesNotDo(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<bool> PurgeAsync(
            ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken) =>
            await base.SaveAsync(new(server, last), leaseOwner, cancellationToken) is not null;
    }
}
