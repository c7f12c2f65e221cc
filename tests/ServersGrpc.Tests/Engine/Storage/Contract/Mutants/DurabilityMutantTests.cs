using Xunit.Abstractions;

namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>
/// Engines that acknowledge what is not on disk: the contract notices each on a machine that loses power when the store is closed.
/// </summary>
public sealed class DurabilityMutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(SkippedSyncs.OfCommits, PowerLoss.BeforeClosing, nameof(ServerStoreContract.Add_Reopened_EveryFieldIsThere))]
    [InlineData(SkippedSyncs.OfCommits, PowerLoss.BeforeClosing, nameof(ServerStoreContract.Add_ManyAtOnceSomeRefused_TheOthersAreAllDurable))]
    [InlineData(SkippedSyncs.OfCommits, PowerLoss.BeforeClosing, nameof(SettingContract.SetPaused_Reopened_IsStillPaused))]
    [InlineData(SkippedSyncs.OfCommits, PowerLoss.BeforeClosing, nameof(AccessContract.SaveToken_AndReopen_IsRemembered))]
    [InlineData(SkippedSyncs.OfCheckpoints, PowerLoss.AfterClosing, nameof(ServerStoreContract.Add_Reopened_EveryFieldIsThere))]
    [InlineData(SkippedSyncs.OfNames, PowerLoss.BeforeClosing, nameof(SettingContract.InstallationId_Reopened_IsTheSameAndNoOtherIsTaken))]
    public async Task Contract_SyncsThatAreSkipped_AreNoticed(SkippedSyncs flaw, PowerLoss moment, string by) =>
        output.WriteLine(await ContractSuite.NoticesAsync(by, $"skipped syncs {flaw}", () => new UnpluggedMachine(moment, flaw).Open));

    [Theory]
    [InlineData(PowerLoss.BeforeClosing)]
    [InlineData(PowerLoss.AfterClosing)]
    public async Task Contract_RightEngineThatLosesPower_Passes(PowerLoss moment)
    {
        // A crowd of watches takes long, and has nothing to do with the disk.
        var tests = ContractSuite.Tests.Keys.Where(name => !name.Contains("AThousand"));

        await ContractSuite.PassAsync(tests, () => new UnpluggedMachine(moment, SkippedSyncs.None).Open);
    }
}
