using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Cloud;
using ServersGrpc.Engine.Servers;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.Tests.FakeClouds;

namespace ServersGrpc.Tests.Engine.Providers.Cloud;

/// <summary>The contract, over a cloud that speaks the real one's API.</summary>
public abstract class CloudProviderContractTests : ProviderContractTests, IAsyncLifetime
{
    internal FakeCloudHost Cloud { get; private set; } = null!;

    // Pages of two, where the real ones have many more.
    protected override int MoreThanAPage => 5;

    private protected const int PageSize = 2;

    /// <summary>Of providers that are made from now on.</summary>
    private protected int VolumeSize { get; set; }

    private protected abstract string CreateRoute { get; }

    private protected abstract string ListRoute { get; }

    public async Task InitializeAsync() => Cloud = await FakeCloudHost.StartAsync();

    public async Task DisposeAsync() => await Cloud.DisposeAsync();

    protected override IServerProvider NewProvider(string installationId) =>
        new CloudProvider(NewCloud(installationId), installationId, TimeProvider.System, new(1, 1000, TimeProvider.System));

    private protected abstract ICloud NewCloud(string installationId);

    protected override async Task BreakAsync() => await Cloud.Client.FailAsync(new Fault { Kind = FaultKind.ServerError, Status = 503, Times = null });

    protected override async Task<bool> BeginRemovalAsync(IServerProvider provider, Instance instance)
    {
        await Cloud.Client.FailAsync(new Fault { Kind = FaultKind.DeleteIgnored, Times = null });
        await provider.DestroyAsync(instance, default);
        return true;
    }

    [Fact]
    public async Task DestroyAsync_WithAVolume_LeavesNothingThatCosts()
    {
        VolumeSize = 10;
        var provider = NewProvider("ours");
        var instance = await provider.CreateAsync(NewSpec(), default);
        Assert.Equal((1, 1), await BilledAsync());

        await provider.DestroyAsync(instance, default);
        await EventuallyGoneAsync(provider, instance.Uid);

        Assert.Equal((0, 0), await BilledAsync());
    }

    [Fact]
    public async Task CreateAsync_AnswerLost_IsFoundAndNotMadeTwice()
    {
        await Cloud.Client.FailAsync(new Fault { Kind = FaultKind.AnswerLost, Method = "POST" });
        var (provider, spec) = (NewProvider("ours"), NewSpec());

        var fault = await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(spec, default));
        var found = await provider.FindAsync(spec.Uid, default);
        var again = await provider.CreateAsync(spec, default);

        Assert.Equal(ProviderFault.Transient, fault.Fault);
        Assert.Equal(found?.Id, again.Id);
        Assert.Equal((1, 0), await BilledAsync());
    }

    [Fact]
    public async Task CreateAsync_OutOfStockWithAVolume_LeavesNothing()
    {
        VolumeSize = 10;
        await Cloud.Client.FailAsync(new Fault { Kind = FaultKind.OutOfStock });

        var fault = await Assert.ThrowsAsync<ProviderException>(() => NewProvider("ours").CreateAsync(NewSpec(), default));

        Assert.Equal(ProviderFault.CapacityUnavailable, fault.Fault);
        Assert.Equal((0, 0), await BilledAsync());
    }

    [Fact]
    public async Task CreateAsync_ActionFails_LeavesNothing()
    {
        VolumeSize = 10;
        await Cloud.Client.FailAsync(new Fault { Kind = FaultKind.ActionFailed });

        var fault = await Assert.ThrowsAsync<ProviderException>(() => NewProvider("ours").CreateAsync(NewSpec(), default));

        Assert.Equal(ProviderFault.Transient, fault.Fault);
        Assert.Equal((0, 0), await BilledAsync());
    }

    [Fact]
    public async Task ListAsync_LoneVolume_IsListedAndCanBeRemoved()
    {
        VolumeSize = 10;
        await Cloud.Client.FailAsync(new Fault { Kind = FaultKind.ServerError, Status = 500, Route = CreateRoute });
        var provider = NewProvider("ours");
        await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(NewSpec(), default));

        var lone = Assert.Single(await provider.ListAsync(default));
        Assert.StartsWith("volume-", lone.Id, StringComparison.Ordinal);
        await NewProvider("theirs").DestroyAsync(lone, default);
        Assert.Equal((0, 1), await BilledAsync());
        await provider.DestroyAsync(lone, default);

        Assert.Equal((0, 0), await BilledAsync());
    }

    [Theory]
    [InlineData(FaultKind.ShortPage)]
    [InlineData(FaultKind.BrokenPage)]
    [InlineData(FaultKind.MissingNext)]
    [InlineData(FaultKind.WrongTotal)]
    public async Task ListAsync_PageThatIsNotRight_ThrowsRatherThanAnswerInPart(FaultKind kind)
    {
        var provider = NewProvider("ours");
        for (var i = 0; i < MoreThanAPage; i++)
            await provider.CreateAsync(NewSpec(), default);

        // All of them: what passes is passed over.
        await Cloud.Client.FailAsync(new Fault { Kind = kind, Times = null, Route = ListRoute });

        Assert.Equal(ProviderFault.Transient, (await Assert.ThrowsAsync<ProviderException>(() => provider.ListAsync(default))).Fault);
    }

    [Fact]
    public async Task CreateAsync_DefaultUserData_MakesAMachineThatAnswersItsOwnCaller()
    {
        var spec = NewSpec();
        var instance = await NewProvider("ours").CreateAsync(spec, default);

        await EventuallyAnswersAsync(new ServerRecord
        {
            Uid = spec.Uid,
            Name = spec.Name,
            Provider = "cloud",
            Credentials = spec.Credentials,
            Address = instance.Address,
            Created = instance.Created,
        });
    }

    private async Task EventuallyAnswersAsync(ServerRecord server)
    {
        using var patience = new CancellationTokenSource(Patience);
        var probe = new HttpsProbe(Patience, TimeProvider.System);
        while (await Record.ExceptionAsync(() => probe.ProbeAsync(server, patience.Token)) is { } failure)
        {
            Assert.IsType<ProbeFailedException>(failure);
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    private async Task<(int Machines, int Volumes)> BilledAsync()
    {
        var bill = await Cloud.Client.GetBillAsync();
        return (bill.Machines.Count, bill.Things.Count(thing => thing.Kind == "volumes"));
    }
}
