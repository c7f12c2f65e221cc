using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Simulation;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>Engines that are wrong in one thing about servers, lists or settings: the contract notices each.</summary>
public sealed class ServerMutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(typeof(ForgetsTheLimit), nameof(ServerStoreContract.Add_AtTheLimit_IsRefusedAndStoppedServersDoNotCount))]
    [InlineData(typeof(ForgetsTheLimitOfAnOwner), nameof(ServerStoreContract.Add_AtTheLimitOfItsOwner_IsRefusedAndThoseOfOthersAreNot))]
    [InlineData(typeof(ForgetsTheRequestId), nameof(ServerStoreContract.Add_SameRequestIdAndDigest_AnswersTheSameServer))]
    [InlineData(typeof(ForgetsRequestIdsWhenReopened), nameof(ServerStoreContract.Add_SameRequestIdAndDigest_AnswersTheSameServer))]
    [InlineData(typeof(ForgetsTheDigest), nameof(ServerStoreContract.Add_SameRequestIdOtherDigest_IsRefused))]
    [InlineData(typeof(ForgetsWhoseRequestItWas), nameof(ServerStoreContract.Add_SameRequestIdOfAnotherOwner_IsAnotherServer))]
    [InlineData(typeof(IgnoresCase), nameof(ServerStoreContract.Add_NamesThatDifferInCase_AreTwoServers))]
    [InlineData(typeof(GivesANameTwice), nameof(ServerStoreContract.Add_NameTaken_IsRefusedAndTheOtherIsUnchanged))]
    [InlineData(typeof(GivesAnAddressTwice), nameof(ServerStoreContract.Add_SameAddressManyTimesAtOnce_OneHasIt))]
    [InlineData(typeof(GivesAUidTwice), nameof(ServerStoreContract.Add_UidTaken_IsRefusedAloneAndTheOtherIsUnchanged))]
    [InlineData(typeof(AddsWhatIsOnlyTried), nameof(ServerStoreContract.TryAdd_WhateverItAnswers_AddsNothing))]
    [InlineData(typeof(ForgetsTheJournal), nameof(ServerStoreContract.Add_Reopened_EveryFieldIsThere))]
    [InlineData(typeof(ForgetsTheNextCredentials), nameof(ServerStoreContract.Change_Rotation_EveryCredentialIsThereWhenReopened))]
    [InlineData(typeof(ForgetsAnAbsence), nameof(ServerStoreContract.Change_Reopened_EveryFieldIsThere))]
    [InlineData(typeof(ChangesWhatIsLeftAsItIs), nameof(ServerStoreContract.Change_ThatChangesNothing_LeavesTheServerAsItIs))]
    [InlineData(typeof(HandsARevisionOutTwice), nameof(ServerStoreContract.Add_ManyAtOnceSomeRefused_TheOthersAreAllDurable))]
    [InlineData(typeof(HandsARevisionOutAgain), nameof(ServerStoreContract.Add_ReopenedAfterANoteOrAPurge_ItsRevisionIsNotHandedOutAgain))]
    [InlineData(typeof(ForgetsThePause), nameof(SettingContract.SetPaused_Reopened_IsStillPaused))]
    [InlineData(typeof(ResumesWithOldDeadlines), nameof(SettingContract.SetPaused_Resumed_WhatWaitedHasAllItsTimeForACreate))]
    [InlineData(typeof(IsAnotherInstallation), nameof(SettingContract.InstallationId_Reopened_IsTheSameAndNoOtherIsTaken))]
    [InlineData(typeof(ForgetsThePlaceInAList), nameof(ListContract.List_InPages_EveryServerOnce))]
    [InlineData(typeof(ForgetsTheLengthOfAPage), nameof(ListContract.List_InPages_EveryServerOnce))]
    [InlineData(typeof(SortsAsADictionary), nameof(ListContract.List_Always_OldestFirstThenByName))]
    [InlineData(typeof(ForgetsTheConditions), nameof(ListContract.List_WithConditions_OnlyWhatFits))]
    [InlineData(typeof(CountsNothing), nameof(ListContract.Count_Always_IsHowManyThereAreByProvider))]
    public async Task Contract_Mutant_IsNoticed(Type mutant, string by) => output.WriteLine(await ContractSuite.NoticesAsync(by, mutant));

    private sealed class ForgetsTheLimit(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            base.AddAsync(server, first, limits with { All = int.MaxValue }, cancellationToken);
    }

    private sealed class ForgetsTheLimitOfAnOwner(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            base.AddAsync(server, first, limits with { OfOwner = 0 }, cancellationToken);
    }

    private sealed class ForgetsTheRequestId(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            base.AddAsync(server with { RequestId = "" }, first, limits, cancellationToken);
    }

    private sealed class ForgetsRequestIdsWhenReopened(IStorageEngine inner) : StoreMutant(inner)
    {
        private readonly bool _isReopened = IsReopened(inner);

        public override Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            base.AddAsync(_isReopened ? server with { RequestId = "" } : server, first, limits, cancellationToken);
    }

    private sealed class ForgetsTheDigest(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            base.AddAsync(server with { RequestDigest = "" }, first, limits, cancellationToken);
    }

    private sealed class ForgetsWhoseRequestItWas(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            (await ListAsync(ServerQuery.Everything, null, int.MaxValue, cancellationToken))
                .FirstOrDefault(other => other.RequestId == server.RequestId)
            ?? await base.AddAsync(server, first, limits, cancellationToken);
    }

    private sealed class IgnoresCase(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken) =>
            (await ListAsync(ServerQuery.Everything, null, int.MaxValue, cancellationToken))
                .FirstOrDefault(server => server.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private sealed class GivesANameTwice(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            await FindAsync(server.Name, cancellationToken) is null
                ? await base.AddAsync(server, first, limits, cancellationToken)
                : await ChangeAsync(server.Name, other => new(server with { Uid = other.Uid }, first), cancellationToken);
    }

    private sealed class GivesAnAddressTwice(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            await base.AddAsync(server with { Address = "" }, first, limits, cancellationToken) with { Address = server.Address };
    }

    private sealed class GivesAUidTwice(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            await FindByUidAsync(server.Uid, cancellationToken) is null
                ? await base.AddAsync(server, first, limits, cancellationToken)
                : await base.AddAsync(server with { Uid = server.Uid + "-2" }, first, limits, cancellationToken) with { Uid = server.Uid };
    }

    private sealed class AddsWhatIsOnlyTried(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async ValueTask<ServerRecord> TryAddAsync(
            ServerRecord server, ServerLimits limits, CancellationToken cancellationToken)
        {
            var answer = await base.TryAddAsync(server, limits, cancellationToken);
            if (answer == server)
                await AddAsync(server, new("A", "a", "t"), limits, cancellationToken);
            return answer;
        }
    }

    private sealed class ForgetsTheJournal(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            base.AddAsync(server with { CreateIsOpen = false }, first, limits, cancellationToken);
    }

    private sealed class ForgetsTheNextCredentials(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord> ChangeAsync(
            string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken) =>
            base.ChangeAsync(name, s => change(s) is { } save ? save with { Server = save.Server with { Next = null } } : null, cancellationToken);
    }

    private sealed class ForgetsAnAbsence(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken) =>
            await base.FindAsync(name, cancellationToken) is { } found ? found with { AbsentSince = null } : null;
    }

    private sealed class ChangesWhatIsLeftAsItIs(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task<ServerRecord> ChangeAsync(
            string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken) =>
            base.ChangeAsync(name, server => change(server) ?? new(server), cancellationToken);
    }

    private sealed class HandsARevisionOutTwice(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
            Twice(await base.AddAsync(server, first, limits, cancellationToken));

        public override async ValueTask<IReadOnlyList<ServerRecord>> ListAsync(
            ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken) =>
            [.. (await base.ListAsync(query, after, limit, cancellationToken)).Select(Twice)];

        // The second and the third write are of the same one.
        private static ServerRecord Twice(ServerRecord server) => server with { Revision = server.Revision | 1 };
    }

    /// <summary>Takes the last revision of a server for the last one that was handed out.</summary>
    private sealed class HandsARevisionOutAgain(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<ServerRecord> AddAsync(
            ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken)
        {
            var others = await ListAsync(ServerQuery.Everything, null, int.MaxValue, cancellationToken);
            var last = others.Select(other => other.Revision).DefaultIfEmpty().Max();
            return await base.AddAsync(server, first, limits, cancellationToken) with { Revision = last + 1 };
        }
    }

    private sealed class ForgetsThePause(IStorageEngine inner) : StoreMutant(inner)
    {
        private bool _isPaused;

        public override ValueTask<bool> IsPausedAsync(CancellationToken cancellationToken) => new(_isPaused);

        public override Task SetPausedAsync(bool paused, CancellationToken cancellationToken)
        {
            _isPaused = paused;
            return base.SetPausedAsync(paused, cancellationToken);
        }
    }

    /// <summary>Of what a pause's end changes it writes half.</summary>
    private sealed class ResumesWithOldDeadlines(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task SetPausedAsync(bool paused, CancellationToken cancellationToken)
        {
            var before = await ListAsync(ServerQuery.Everything, null, int.MaxValue, cancellationToken);
            await base.SetPausedAsync(paused, cancellationToken);
            foreach (var server in before)
                await ChangeAsync(server.Name, after => new(after with { Deadline = server.Deadline }), cancellationToken);
        }
    }

    private sealed class IsAnotherInstallation(IStorageEngine inner) : StoreMutant(inner)
    {
        public override string InstallationId { get; } = Guid.NewGuid().ToString("N");
    }

    private sealed class ForgetsThePlaceInAList(IStorageEngine inner) : StoreMutant(inner)
    {
        public override ValueTask<IReadOnlyList<ServerRecord>> ListAsync(
            ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken) =>
            base.ListAsync(query, after is null ? null : new(after.Created, ""), limit, cancellationToken);
    }

    private sealed class ForgetsTheLengthOfAPage(IStorageEngine inner) : StoreMutant(inner)
    {
        public override ValueTask<IReadOnlyList<ServerRecord>> ListAsync(
            ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken) =>
            base.ListAsync(query, after, int.MaxValue, cancellationToken);
    }

    private sealed class SortsAsADictionary(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async ValueTask<IReadOnlyList<ServerRecord>> ListAsync(
            ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken) =>
        [
            .. (await base.ListAsync(query, after, limit, cancellationToken))
                .OrderBy(server => server.Created).ThenBy(server => server.Name.Replace("-", ""), StringComparer.Ordinal),
        ];
    }

    private sealed class ForgetsTheConditions(IStorageEngine inner) : StoreMutant(inner)
    {
        public override ValueTask<IReadOnlyList<ServerRecord>> ListAsync(
            ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken) =>
            base.ListAsync(query with { States = new HashSet<ServerState>() }, after, limit, cancellationToken);
    }

    private sealed class CountsNothing(IStorageEngine inner) : StoreMutant(inner)
    {
        public override ValueTask<ServerCensus> CountAsync(
            DateTimeOffset expiring, CancellationToken cancellationToken) => new(ServerCensus.Empty);
    }

    private static bool IsReopened(IStorageEngine engine) =>
        engine.ListAsync(ServerQuery.Everything, null, 1, StoreFixture.Timeout).AsTask().GetAwaiter().GetResult().Count > 0;
}
