using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Simulation;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>Engines that are wrong in one thing about tokens or notes: the contract notices each.</summary>
public sealed class CallerMutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(typeof(LosesAToken), nameof(AccessContract.SaveToken_AndReopen_IsRemembered))]
    [InlineData(typeof(LosesTheHash), nameof(AccessContract.SaveToken_AndReopen_IsRemembered))]
    [InlineData(typeof(LosesTheScope), nameof(AccessContract.SaveToken_AndReopen_IsRemembered))]
    [InlineData(typeof(LosesARevocation), nameof(AccessContract.SaveToken_AndReopen_IsRemembered))]
    [InlineData(typeof(LosesTheUse), nameof(AccessContract.SaveToken_AndReopen_IsRemembered))]
    [InlineData(typeof(KeepsTheTokenOfBefore), nameof(AccessContract.SaveToken_OfTheSameName_TakesItsPlace))]
    [InlineData(typeof(KeepsBothTokens), nameof(AccessContract.SaveToken_OfTheSameName_TakesItsPlace))]
    [InlineData(typeof(LosesANote), nameof(AccessContract.Note_AServer_LeavesItAndItsWatchersAsTheyAre))]
    [InlineData(typeof(LosesTheCaller), nameof(AccessContract.Note_AServer_LeavesItAndItsWatchersAsTheyAre))]
    [InlineData(typeof(ForgetsThePurged), nameof(AccessContract.Note_AServerThatIsPurged_IsKeptWithItsName))]
    [InlineData(typeof(ForgetsNothing), nameof(AccessContract.Forget_NotesOfAServerThatLives_GoAndNoWatchMissesThem))]
    [InlineData(typeof(ForgetsNothing), nameof(AccessContract.ForgetBefore_PurgedServer_ItsEventsGoAndOthersStay))]
    [InlineData(typeof(ForgetsTooMuch), nameof(AccessContract.Forget_NotesOfAServerThatLives_GoAndNoWatchMissesThem))]
    [InlineData(typeof(ForgetsEventsOfTheLiving), nameof(AccessContract.ForgetBefore_PurgedServer_ItsEventsGoAndOthersStay))]
    public async Task Contract_Mutant_IsNoticed(Type mutant, string by) => output.WriteLine(await ContractSuite.NoticesAsync(by, mutant));

    private sealed class LosesAToken(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task<IReadOnlyList<TokenRecord>> ListTokensAsync(CancellationToken cancellationToken) =>
            [.. (await base.ListTokensAsync(cancellationToken)).SkipLast(1)];
    }

    private sealed class LosesTheHash(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken) =>
            base.SaveTokenAsync(token with { Hash = new byte[token.Hash.Length] }, cancellationToken);
    }

    private sealed class LosesTheScope(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken) =>
            base.SaveTokenAsync(token with { Scope = Scope.Everything }, cancellationToken);
    }

    private sealed class LosesARevocation(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken) =>
            base.SaveTokenAsync(token with { Revoked = null }, cancellationToken);
    }

    private sealed class LosesTheUse(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task SaveTokenUseAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }

    private sealed class KeepsTheTokenOfBefore(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken)
        {
            if ((await ListTokensAsync(cancellationToken)).All(other => other.Name != token.Name))
                await base.SaveTokenAsync(token, cancellationToken);
        }
    }

    private sealed class KeepsBothTokens(IStorageEngine inner) : StoreMutant(inner)
    {
        private int _saved;

        public override Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken) =>
            base.SaveTokenAsync(token with { Name = $"{token.Name}-{_saved++}" }, cancellationToken);
    }

    private sealed class LosesANote(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken) =>
            base.NoteAsync([.. notes.Skip(1)], cancellationToken);
    }

    private sealed class LosesTheCaller(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken) =>
            base.NoteAsync([.. notes.Select(note => note with { Event = note.Event with { Address = "" } })], cancellationToken);
    }

    private sealed class ForgetsThePurged(IStorageEngine inner) : StoreMutant(inner)
    {
        public override async ValueTask<ServerRecord?> FindByUidAsync(string uid, CancellationToken cancellationToken) =>
            (await ListAsync(ServerQuery.Everything, null, int.MaxValue, cancellationToken)).SingleOrDefault(server => server.Uid == uid);
    }

    private sealed class ForgetsNothing(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ForgetsTooMuch(IStorageEngine inner) : StoreMutant(inner)
    {
        public override Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) =>
            base.ForgetBeforeAsync(time + TimeSpan.FromDays(1), cancellationToken);
    }

    private sealed class ForgetsEventsOfTheLiving(IStorageEngine inner) : StoreMutant(inner)
    {
        private DateTimeOffset _forgotten;

        public override Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken)
        {
            _forgotten = time;
            return base.ForgetBeforeAsync(time, cancellationToken);
        }

        public override async Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken) =>
            [.. (await base.ListEventsAsync(name, cancellationToken)).Where(e => e.Time >= _forgotten)];
    }
}
