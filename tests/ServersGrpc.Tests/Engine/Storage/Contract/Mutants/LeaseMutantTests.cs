using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Simulation;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>Engines that are wrong in one thing about leases: the contract notices each.</summary>
public sealed class LeaseMutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(typeof(ForgetsTheVersion), nameof(LeaseContract.Save_OverAnEarlierSave_IsRefused))]
    [InlineData(typeof(ForgetsTheVersion), nameof(LeaseContract.Change_WhileLeased_KeepsTheLeaseAndTheWorkerLoses))]
    [InlineData(typeof(ForgetsTheVersionOfAPurge), nameof(LeaseContract.Purge_ChangedMeanwhile_IsRefused))]
    [InlineData(typeof(ForgetsTheLeaseOwner), nameof(LeaseContract.Save_UnderTheLeaseOfAnother_IsRefused))]
    [InlineData(typeof(ForgetsTheLeaseOwnerOfAPurge), nameof(LeaseContract.Purge_Held_RowGoesEventsStayNameIsFree))]
    [InlineData(typeof(ForgetsTheLeaseOwnerOfARelease), nameof(LeaseContract.Release_ByItsOwnerOnly_IsDueAtOnce))]
    [InlineData(typeof(LosesTheLeaseOwnerInAChange), nameof(LeaseContract.Change_WhileLeased_KeepsTheLeaseAndTheWorkerLoses))]
    [InlineData(typeof(AcknowledgesARefusedSave), nameof(LeaseContract.Claim_LeaseEnded_AnotherWorkerGetsTheServerAndTheFirstLoses))]
    [InlineData(typeof(ReleasesNothing), nameof(LeaseContract.Release_ByItsOwnerOnly_IsDueAtOnce))]
    [InlineData(typeof(ClaimsWhatIsLeased), nameof(LeaseContract.Claim_DueServers_OnceOnly))]
    [InlineData(typeof(ClaimsWhatIsNotDue), nameof(LeaseContract.Claim_DueServers_OnceOnly))]
    [InlineData(typeof(ClaimsThoughPaused), nameof(LeaseContract.Claim_Paused_LeavesWhatWouldStartAnInstance))]
    [InlineData(typeof(ClaimsPastTheShare), nameof(LeaseContract.Claim_SeveralProviders_NoMoreThanTheLimitAndEachShare))]
    [InlineData(typeof(ClaimsPastTheLimit), nameof(LeaseContract.Claim_SeveralProviders_NoMoreThanTheLimitAndEachShare))]
    [InlineData(typeof(ForgetsTheNext), nameof(LeaseContract.Claim_DueServers_OnceOnly))]
    [InlineData(typeof(SleepyStore), nameof(LeaseContract.Claim_ClockSetBack_WhatWaitsForTheOldTimeIsDue))]
    [InlineData(typeof(SleepyStore), nameof(LeaseContract.Claim_ClockSetBack_ALeaseEndsNoLaterThanOneGivenNow))]
    [InlineData(typeof(KeepsLeasesOfTheDead), nameof(LeaseContract.Open_AfterTheOwnerDied_ItsLeasesAreFree))]
    [InlineData(typeof(ReadsWhatWasBeforeTheClaim), nameof(LeaseContract.Save_UnderTheLeaseOfAnother_IsRefused))]
    [InlineData(typeof(TellsCallersOfBookkeeping), nameof(LeaseContract.Save_WithoutEvents_IsNoChangeThatCallersSee))]
    [InlineData(typeof(WakesNoOne), nameof(LeaseContract.Woken_AServerBecomesDue_IsRaised))]
    public async Task Contract_Mutant_IsNoticed(Type mutant, string by) => output.WriteLine(await ContractSuite.NoticesAsync(by, mutant));

    private sealed class ForgetsTheVersion(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
            await FindByUidAsync(save.Server.Uid, cancellationToken) is { } current
                ? await base.SaveAsync(save with { Server = save.Server with { Version = current.Version } }, leaseOwner, cancellationToken)
                : null;
    }

    private sealed class ForgetsTheVersionOfAPurge(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<bool> PurgeAsync(
            ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken) =>
            await FindByUidAsync(server.Uid, cancellationToken) is { } current
            && await base.PurgeAsync(current, last, leaseOwner, cancellationToken);
    }

    private sealed class ForgetsTheLeaseOwner(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
            await FindByUidAsync(save.Server.Uid, cancellationToken) is { LeaseOwner: { } owner }
                ? await base.SaveAsync(save, owner, cancellationToken)
                : null;
    }

    private sealed class ForgetsTheLeaseOwnerOfAPurge(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<bool> PurgeAsync(
            ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken) =>
            base.PurgeAsync(server, last, server.LeaseOwner!, cancellationToken);
    }

    private sealed class ForgetsTheLeaseOwnerOfARelease(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task ReleaseAsync(IReadOnlyCollection<string> uids, string leaseOwner, CancellationToken cancellationToken)
        {
            foreach (var uid in uids)
                await base.ReleaseAsync([uid], (await FindByUidAsync(uid, cancellationToken))?.LeaseOwner ?? leaseOwner, cancellationToken);
        }
    }

    private sealed class LosesTheLeaseOwnerInAChange(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord> ChangeAsync(
            string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken) =>
            base.ChangeAsync(
                name,
                server => change(server) is { } save ? save with { Server = save.Server with { LeaseOwner = null, LeaseUntil = null } } : null,
                cancellationToken);
    }

    private sealed class AcknowledgesARefusedSave(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
            await base.SaveAsync(save, leaseOwner, cancellationToken) ?? save.Server;
    }

    private sealed class ReleasesNothing(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task ReleaseAsync(
            IReadOnlyCollection<string> uids, string leaseOwner, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ClaimsWhatIsLeased(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken)
        {
            var claim = await base.ClaimAsync(lease, limit, share, cancellationToken);
            var servers = await ListAsync(ServerQuery.Everything, null, int.MaxValue, cancellationToken);
            return claim with { Servers = [.. servers.Where(server => server.LeaseOwner is not null)] };
        }
    }

    private sealed class ClaimsWhatIsNotDue(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken) =>
            base.ClaimAsync(lease with { From = lease.Until }, limit, share, cancellationToken);
    }

    private sealed class ClaimsThoughPaused(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken)
        {
            var paused = await IsPausedAsync(cancellationToken);
            await SetPausedAsync(false, cancellationToken);
            var claim = await base.ClaimAsync(lease, limit, share, cancellationToken);
            await SetPausedAsync(paused, cancellationToken);
            return claim;
        }
    }

    private sealed class ClaimsPastTheShare(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken) =>
            base.ClaimAsync(lease, limit, provider => share(provider) > 0 ? limit : 0, cancellationToken);
    }

    private sealed class ClaimsPastTheLimit(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken) =>
            base.ClaimAsync(lease, int.MaxValue, share, cancellationToken);
    }

    private sealed class ForgetsTheNext(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<Claim> ClaimAsync(
            Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken) =>
            await base.ClaimAsync(lease, limit, share, cancellationToken) with { NextWake = null };
    }

    private sealed class KeepsLeasesOfTheDead(IStorageEngine inner) : StoreMutant(inner)
    {
        private readonly bool _isReopened = inner.CountAsync(default, StoreFixture.Timeout).GetAwaiter().GetResult().ByProvider.Count > 0;

        public override async Task<Claim> ClaimAsync(
            Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken) =>
            _isReopened ? new([], lease.Until) : await base.ClaimAsync(lease, limit, share, cancellationToken);
    }

    private sealed class ReadsWhatWasBeforeTheClaim(IStorageEngine inner) : StoreMutant(inner)
    {
        private IReadOnlyList<ServerRecord> _before = [];

        public override async Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken)
        {
            _before = await ListAsync(ServerQuery.Everything, null, int.MaxValue, cancellationToken);
            return await base.ClaimAsync(lease, limit, share, cancellationToken);
        }

        public override async ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken) =>
            _before.FirstOrDefault(server => server.Name == name) ?? await base.FindAsync(name, cancellationToken);
    }

    private sealed class TellsCallersOfBookkeeping(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
            base.SaveAsync(save.Events.Count > 0 ? save : new(save.Server, new EventDraft("Saved", "saved", "w")), leaseOwner, cancellationToken);
    }

    private sealed class WakesNoOne(IStorageEngine inner) : StoreMutant(inner)
    {
        public override event Action? Woken
        {
            add => ArgumentNullException.ThrowIfNull(value);
            remove => ArgumentNullException.ThrowIfNull(value);
        }
    }
}
