using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Simulation;

namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>Tests how mutants are tested: all of the contract is run, and finds nothing wrong with an engine that is right.</summary>
public sealed class ContractSuiteTests
{
    [Fact]
    public void Contracts_ThatThereAre_AreAllRun()
    {
        var all = typeof(ServerStoreContract).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: true, IsSealed: false } && type.Namespace == typeof(ServerStoreContract).Namespace);

        Assert.Equal(all.OrderBy(type => type.Name), ContractSuite.Contracts.OrderBy(type => type.Name));
    }

    [Fact]
    public async Task Contract_RightEngine_Passes()
    {
        StoreFixture.OpenEngine open = (directory, disk, id, options, time, metrics) =>
            new RightEngine(StoreFixture.LiteDb(directory, disk, id, options, time, metrics));

        Assert.InRange(ContractSuite.Tests.Count, 60, 200);
        await ContractSuite.PassAsync(ContractSuite.Tests.Keys, () => open);
    }

    /// <summary>A mutant that changes nothing.</summary>
    private sealed class RightEngine(IStorageEngine inner) : StoreMutant(inner);
}
