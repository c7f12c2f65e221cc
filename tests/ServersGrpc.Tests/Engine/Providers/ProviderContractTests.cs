using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Providers;

/// <summary>
/// What the lifecycle relies on, of every provider. <c>ProviderMutantTests</c> shows that
/// they see through providers that are broken in any way we could think of.
/// </summary>
public abstract class ProviderContractTests
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>A provider of the installation; all of one test share what they manage, as services after a restart do.</summary>
    protected abstract IServerProvider NewProvider(string installationId);

    /// <summary>From now on what holds the instances does not answer: nothing can be known of them.</summary>
    protected abstract Task BreakAsync();

    /// <summary>
    /// Has the instance's removal accepted, and keeps it from being done. False, with nothing done, where a removal is always done once it is
    /// accepted.
    /// </summary>
    protected abstract Task<bool> BeginRemovalAsync(IServerProvider provider, Instance instance);

    /// <summary>How many instances are more than the provider is told of at once.</summary>
    protected virtual int MoreThanAPage => 3;

    /// <summary>How long to wait for what comes about by itself.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <summary>Whether the machine answers to the server's credentials.</summary>
    protected virtual async Task<bool> AnswersAsync(Instance instance, InstanceSpec spec)
    {
        var found = await NewProvider("ours").FindAsync(instance.Uid, default) ?? instance;
        var server = new ServerRecord { Uid = spec.Uid, Name = spec.Name, Provider = "", Credentials = spec.Credentials, Address = found.Address, Created = found.Created };
        try
        {
            await new HttpsProbe(TimeSpan.FromSeconds(5), TimeProvider.System).ProbeAsync(server, default);
            return true;
        }
        catch (ProbeFailedException)
        {
            return false;
        }
    }

    [Fact]
    public void Defaults_Always_AreComplete()
    {
        var defaults = NewProvider("ours").Defaults;

        Assert.All(
            [NewProvider("ours").Name, defaults.Image, defaults.Region, defaults.Size], value => Assert.NotEqual("", value));
        Assert.Matches("^[a-z]+/[a-z0-9]+$", defaults.Platform);
    }

    [Fact]
    public async Task CreateAsync_NewServer_InstanceBearsItsTags()
    {
        var spec = NewSpec();

        var instance = await NewProvider("ours").CreateAsync(spec, default);

        Assert.NotEqual("", instance.Id);
        Assert.Equal(spec.Uid, instance.Uid);
        Assert.Equal(spec.Name, instance.Name);
        Assert.InRange(TimeProvider.System.GetUtcNow() - instance.Created, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(5));
        var listed = Assert.Single(await NewProvider("ours").ListAsync(default));
        Assert.Equal((instance.Id, spec.Uid, spec.Name), (listed.Id, listed.Uid, listed.Name));
    }

    [Fact]
    public async Task CreateAsync_SameUidAgain_IsTheSameInstance()
    {
        var spec = NewSpec();
        var first = await NewProvider("ours").CreateAsync(spec, default);

        var again = await NewProvider("ours").CreateAsync(spec, default);

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(first.Id, Assert.Single(await NewProvider("ours").ListAsync(default)).Id);
    }

    [Fact]
    public async Task CreateAsync_SameUidAtTheSameTime_IsOneInstance()
    {
        var spec = NewSpec();
        var providers = Enumerable.Range(0, 4).Select(_ => NewProvider("ours")).ToList();

        var created = await Task.WhenAll(providers.Select(provider => Task.Run(() => provider.CreateAsync(spec, default))));

        Assert.Single(created.Select(instance => instance.Id).Distinct());
        Assert.Equal(created[0].Id, Assert.Single(await providers[0].ListAsync(default)).Id);
    }

    [Fact]
    public async Task CreateAsync_SeveralServers_AreSeveralInstances()
    {
        var provider = NewProvider("ours");

        var created = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => provider.CreateAsync(NewSpec(), default)));

        Assert.Equal(3, created.Select(instance => instance.Id).Distinct().Count());
        Assert.Equal(
            created.Select(instance => instance.Uid).Order(), (await provider.ListAsync(default)).Select(instance => instance.Uid).Order());
    }

    [Fact]
    public async Task FindAsync_Created_IsWhatCreateReturned()
    {
        var created = await NewProvider("ours").CreateAsync(NewSpec(), default);

        var found = await NewProvider("ours").FindAsync(created.Uid, default);

        Assert.NotNull(found);
        Assert.Equal((created.Id, created.Uid, created.Name), (found.Id, found.Uid, found.Name));
    }

    [Fact]
    public async Task FindAsync_NeverCreated_IsNull() => Assert.Null(await NewProvider("ours").FindAsync(NewUid(), default));

    [Fact]
    public async Task FindAsync_AnotherInstallations_IsNull()
    {
        var foreign = await NewProvider("theirs").CreateAsync(NewSpec(), default);

        Assert.Null(await NewProvider("ours").FindAsync(foreign.Uid, default));
    }

    [Fact]
    public async Task ListAsync_NothingCreated_IsEmpty() => Assert.Empty(await NewProvider("ours").ListAsync(default));

    [Fact]
    public async Task ListAsync_TwoInstallations_EachSeesItsOwn()
    {
        var ours = await NewProvider("ours").CreateAsync(NewSpec(), default);
        var theirs = await NewProvider("theirs").CreateAsync(NewSpec(), default);

        Assert.Equal(ours.Uid, Assert.Single(await NewProvider("ours").ListAsync(default)).Uid);
        Assert.Equal(theirs.Uid, Assert.Single(await NewProvider("theirs").ListAsync(default)).Uid);
    }

    [Fact]
    public async Task ListAsync_MoreThanAPage_IsAllOfThem()
    {
        var provider = NewProvider("ours");
        var created = await Task.WhenAll(Enumerable.Range(0, MoreThanAPage).Select(_ => provider.CreateAsync(NewSpec(), default)));

        var listed = await provider.ListAsync(default);

        Assert.Equal(created.Select(instance => instance.Id).Order(), listed.Select(instance => instance.Id).Order());
    }

    [Fact]
    public async Task EveryCall_NothingAnswers_ThrowsAndDoesNotSayThatNothingIsThere()
    {
        var provider = NewProvider("ours");
        var spec = NewSpec();
        var instance = await provider.CreateAsync(spec, default);

        await BreakAsync();

        Func<Task>[] calls =
        [
            () => provider.CreateAsync(spec, default),
            () => provider.FindAsync(spec.Uid, default),
            () => provider.ListAsync(default),
            () => provider.DestroyAsync(instance, default),
            () => provider.DestroyAsync(instance with { Id = "" }, default),
            () => provider.DeliverAsync(instance, spec, Renewed(spec), default),
        ];
        foreach (var call in calls)
        {
            var fault = await Record.ExceptionAsync(call);
            Assert.NotNull(fault);
            Assert.NotEqual(ProviderFault.NotFound, (fault as ProviderException)?.Fault);
        }
    }

    [Fact]
    public async Task DestroyAsync_AcceptedAndNotDone_IsStillThere()
    {
        var provider = NewProvider("ours");
        var instance = await provider.CreateAsync(NewSpec(), default);

        var accepted = await BeginRemovalAsync(provider, instance);

        if (!accepted)
        {
            await provider.DestroyAsync(instance, default);
            Assert.Null(await provider.FindAsync(instance.Uid, default));
            return;
        }

        Assert.Equal(instance.Id, (await provider.FindAsync(instance.Uid, default))?.Id);
        Assert.Equal(instance.Id, Assert.Single(await provider.ListAsync(default)).Id);
    }

    [Fact]
    public async Task DestroyAsync_KnownByItsUidAlone_IsNotThereSoon()
    {
        var provider = NewProvider("ours");
        var instance = await provider.CreateAsync(NewSpec(), default);
        var other = await provider.CreateAsync(NewSpec(), default);

        await provider.DestroyAsync(instance with { Id = "", Address = "" }, default);

        await EventuallyGoneAsync(provider, instance.Uid);
        Assert.Equal(other.Id, Assert.Single(await provider.ListAsync(default)).Id);
    }

    [Fact]
    public async Task DestroyAsync_AnotherInstallationsByItsUidAlone_LeavesIt()
    {
        var foreign = await NewProvider("theirs").CreateAsync(NewSpec(), default);

        await NewProvider("ours").DestroyAsync(foreign with { Id = "" }, default);

        Assert.Equal(foreign.Id, (await NewProvider("theirs").FindAsync(foreign.Uid, default))?.Id);
    }

    [Fact]
    public async Task DestroyAsync_Created_IsNotThereSoon()
    {
        var provider = NewProvider("ours");
        var instance = await provider.CreateAsync(NewSpec(), default);

        await provider.DestroyAsync(instance, default);

        await EventuallyGoneAsync(provider, instance.Uid);
        Assert.Empty(await provider.ListAsync(default));
    }

    [Fact]
    public async Task DestroyAsync_Repeatedly_IsSuccess()
    {
        var provider = NewProvider("ours");
        var instance = await provider.CreateAsync(NewSpec(), default);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => NewProvider("ours").DestroyAsync(instance, default))));
        await provider.DestroyAsync(instance, default);
        await EventuallyGoneAsync(provider, instance.Uid);
        await provider.DestroyAsync(instance, default);

        Assert.Null(await provider.FindAsync(instance.Uid, default));
    }

    [Fact]
    public async Task DestroyAsync_NeverCreated_IsSuccess()
    {
        var unknown = new Instance("unknown", NewUid(), "unknown", "", TimeProvider.System.GetUtcNow());

        await NewProvider("ours").DestroyAsync(unknown, default);
    }

    [Fact]
    public async Task DestroyAsync_OneOfTwo_LeavesTheOther()
    {
        var provider = NewProvider("ours");
        var doomed = await provider.CreateAsync(NewSpec(), default);
        var spared = await provider.CreateAsync(NewSpec(), default);

        await provider.DestroyAsync(doomed, default);
        await EventuallyGoneAsync(provider, doomed.Uid);

        Assert.Equal(spared.Id, (await provider.FindAsync(spared.Uid, default))?.Id);
    }

    [Fact]
    public async Task DestroyAsync_AnotherInstallations_LeavesIt()
    {
        var foreign = await NewProvider("theirs").CreateAsync(NewSpec(), default);

        try
        {
            await NewProvider("ours").DestroyAsync(foreign, default);
        }
        catch (ProviderException)
        {
            // It may say so.
        }

        Assert.Equal(foreign.Id, (await NewProvider("theirs").FindAsync(foreign.Uid, default))?.Id);
    }

    [Fact]
    public async Task DeliverAsync_NewCredentials_TheMachineAnswersToThemAlone()
    {
        var provider = NewProvider("ours");
        var (spec, other) = (NewSpec(), NewSpec());
        var (instance, spared) = (await provider.CreateAsync(spec, default), await provider.CreateAsync(other, default));
        var next = Renewed(spec);
        if (!provider.CanDeliverCredentials)
        {
            var refused = await Assert.ThrowsAsync<ProviderException>(() => provider.DeliverAsync(instance, spec, next, default));
            Assert.Equal(ProviderFault.Rejected, refused.Fault);
            return;
        }

        await EventuallyAnswersAsync(instance, spec);
        await provider.DeliverAsync(instance, spec, next, default);

        await EventuallyAnswersAsync(instance, next);
        Assert.False(await AnswersAsync(instance, spec));
        Assert.Equal(instance.Id, (await provider.FindAsync(instance.Uid, default))?.Id);
        await EventuallyAnswersAsync(spared, other);
    }

    [Fact]
    public async Task DeliverAsync_Again_TheMachineHasTheSame()
    {
        var provider = NewProvider("ours");
        var spec = NewSpec();
        var instance = await provider.CreateAsync(spec, default);
        if (!provider.CanDeliverCredentials)
            return;
        var next = Renewed(spec);
        await EventuallyAnswersAsync(instance, spec);
        await provider.DeliverAsync(instance, spec, next, default);
        await EventuallyAnswersAsync(instance, next);

        // As a service does that was killed before it knew.
        await NewProvider("ours").DeliverAsync(instance, spec, next, default);

        await EventuallyAnswersAsync(instance, next);
        Assert.Equal(instance.Id, Assert.Single(await provider.ListAsync(default)).Id);
    }

    [Fact]
    public async Task DeliverAsync_NeverCreated_IsAFault()
    {
        var spec = NewSpec();
        var unknown = new Instance("unknown", spec.Uid, spec.Name, "", TimeProvider.System.GetUtcNow());

        await Assert.ThrowsAsync<ProviderException>(() => NewProvider("ours").DeliverAsync(unknown, spec, Renewed(spec), default));
    }

    [Fact]
    public async Task DeliverAsync_AnotherInstallations_LeavesIt()
    {
        var spec = NewSpec();
        var theirs = NewProvider("theirs");
        var foreign = await theirs.CreateAsync(spec, default);

        await Assert.ThrowsAsync<ProviderException>(() => NewProvider("ours").DeliverAsync(foreign, spec, Renewed(spec), default));

        if (theirs.CanDeliverCredentials)
            await EventuallyAnswersAsync(foreign, spec);
    }

    [Fact]
    public async Task EveryCall_CanceledBefore_Throws()
    {
        var provider = NewProvider("ours");
        var spec = NewSpec();
        var instance = await provider.CreateAsync(spec, default);
        var canceled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.CreateAsync(NewSpec(), canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.FindAsync(NewUid(), canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.ListAsync(canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.DestroyAsync(instance, canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.DeliverAsync(instance, spec, Renewed(spec), canceled));

        Assert.Equal(instance.Id, Assert.Single(await provider.ListAsync(default)).Id);
        if (provider.CanDeliverCredentials)
            await EventuallyAnswersAsync(instance, spec);
    }

    /// <summary>A destroy may return before the instance is gone; it must go all the same.</summary>
    protected async Task EventuallyGoneAsync(IServerProvider provider, string uid)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await provider.FindAsync(uid, patience.Token) is not null)
        {
            await Task.Delay(PollInterval, patience.Token);
        }
    }

    /// <summary>A machine may boot, or start anew, before it answers.</summary>
    private async Task EventuallyAnswersAsync(Instance instance, InstanceSpec spec)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await AnswersAsync(instance, spec))
        {
            await Task.Delay(PollInterval, patience.Token);
        }
    }

    private static InstanceSpec Renewed(InstanceSpec spec) =>
        spec with { Credentials = new ServerCredentialsFactory(TimeProvider.System).Create(spec.Name), Secret = "new" };

    protected InstanceSpec NewSpec()
    {
        var defaults = NewProvider("ours").Defaults;
        var name = ServerNames.Generate("agent-");
        return new InstanceSpec(
            NewUid(),
            name,
            defaults.Image,
            defaults.Region,
            defaults.Size,
            UserData: "",
            Labels: new Dictionary<string, string>(),
            new ServerCredentialsFactory(TimeProvider.System).Create(name));
    }

    private static string NewUid() => Guid.NewGuid().ToString("N");
}
