using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Providers.Mutants;

/// <summary>Tests the contract suite: it passes the provider that is right, and fails each that is wrong in one thing.</summary>
public sealed class ProviderMutantTests
{
    private static readonly Dictionary<string, Func<MemoryMachines, string, IServerProvider>> Mutants = new()
    {
        ["HasNoName"] = (machines, ours) => new HasNoName(machines, ours),
        ["HasNoDefaults"] = (machines, ours) => new HasNoDefaults(machines, ours),
        ["CreatesTwice"] = (machines, ours) => new CreatesTwice(machines, ours),
        ["CreatesTwiceAtOnce"] = (machines, ours) => new CreatesTwiceAtOnce(machines, ours),
        ["RefusesToCreateAgain"] = (machines, ours) => new RefusesToCreateAgain(machines, ours),
        ["ForgetsWhoseItIs"] = (machines, ours) => new ForgetsWhoseItIs(machines, ours),
        ["ForgetsTheUid"] = (machines, ours) => new ForgetsTheUid(machines, ours),
        ["ForgetsTheName"] = (machines, ours) => new ForgetsTheName(machines, ours),
        ["ForgetsTheTime"] = (machines, ours) => new ForgetsTheTime(machines, ours),
        ["ListsOnePage"] = (machines, ours) => new ListsOnePage(machines, ours),
        ["ListsEverybodys"] = (machines, ours) => new ListsEverybodys(machines, ours),
        ["ListsTwice"] = (machines, ours) => new ListsTwice(machines, ours),
        ["FindsEverybodys"] = (machines, ours) => new FindsEverybodys(machines, ours),
        ["FindsAnother"] = (machines, ours) => new FindsAnother(machines, ours),
        ["FindsNothing"] = (machines, ours) => new FindsNothing(machines, ours),
        ["ThrowsWhereNothingIs"] = (machines, ours) => new ThrowsWhereNothingIs(machines, ours),
        ["ReportsNotFoundEarly"] = (machines, ours) => new ReportsNotFoundEarly(machines, ours),
        ["ReportsNotListedEarly"] = (machines, ours) => new ReportsNotListedEarly(machines, ours),
        ["SwallowsErrorsOfCreate"] = (machines, ours) => new SwallowsErrorsOfCreate(machines, ours),
        ["SwallowsErrorsOfFind"] = (machines, ours) => new SwallowsErrorsOfFind(machines, ours),
        ["SwallowsErrorsOfList"] = (machines, ours) => new SwallowsErrorsOfList(machines, ours),
        ["SwallowsErrorsOfDestroy"] = (machines, ours) => new SwallowsErrorsOfDestroy(machines, ours),
        ["TakesErrorsForNotFound"] = (machines, ours) => new TakesErrorsForNotFound(machines, ours),
        ["DestroysNothing"] = (machines, ours) => new DestroysNothing(machines, ours),
        ["DestroysEverybodys"] = (machines, ours) => new DestroysEverybodys(machines, ours),
        ["DestroysEverybodysByUid"] = (machines, ours) => new DestroysEverybodysByUid(machines, ours),
        ["DestroysAllOfOurs"] = (machines, ours) => new DestroysAllOfOurs(machines, ours),
        ["DestroysByIdOnly"] = (machines, ours) => new DestroysByIdOnly(machines, ours),
        ["DestroysOnce"] = (machines, ours) => new DestroysOnce(machines, ours),
        ["CreatesThoughCanceled"] = (machines, ours) => new CreatesThoughCanceled(machines, ours),
        ["DestroysThoughCanceled"] = (machines, ours) => new DestroysThoughCanceled(machines, ours),
        ["DeliversNothing"] = (machines, ours) => new DeliversNothing(machines, ours),
        ["DeliversWhatWasThere"] = (machines, ours) => new DeliversWhatWasThere(machines, ours),
        ["DeliversOnce"] = (machines, ours) => new DeliversOnce(machines, ours),
        ["DeliversToAllOfOurs"] = (machines, ours) => new DeliversToAllOfOurs(machines, ours),
        ["DeliversToEverybodys"] = (machines, ours) => new DeliversToEverybodys(machines, ours),
        ["DeliversToANewMachine"] = (machines, ours) => new DeliversToANewMachine(machines, ours),
        ["DeliversThoughCanceled"] = (machines, ours) => new DeliversThoughCanceled(machines, ours),
        ["SwallowsErrorsOfDeliver"] = (machines, ours) => new SwallowsErrorsOfDeliver(machines, ours),
        ["PromisesToDeliver"] = (machines, ours) => new PromisesToDeliver(machines, ours),
        ["DoesNotSayThatItCannotDeliver"] = (machines, ours) => new DoesNotSayThatItCannotDeliver(machines, ours),
    };

    public static TheoryData<string> Names => new(Mutants.Keys);

    [Fact]
    public async Task Suite_ProviderThatIsRight_Passes() =>
        Assert.Empty(await MutantSuite.FailuresOfAsync((machines, ours) => new MemoryProvider(machines, ours)));

    [Fact]
    public void Suite_Tests_AreAllRun() => Assert.InRange(MutantSuite.Tests().Count, 20, 100);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Suite_Mutant_Fails(string name) => Assert.NotEmpty(await MutantSuite.FailuresOfAsync(Mutants[name]));

    private sealed class HasNoName(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override string Name => "";
    }

    private sealed class HasNoDefaults(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override ProviderDefaults Defaults => base.Defaults with { Size = "" };
    }

    private sealed class CreatesTwice(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Answer(() => Machines.Create(InstallationId, spec, evenTwice: true));
        }
    }

    private sealed class CreatesTwiceAtOnce(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        // It looks, but what it saw may be over by the time it acts.
        public override async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
        {
            var present = await FindAsync(spec.Uid, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            return present ?? await Answer(() => Machines.Create(InstallationId, spec, evenTwice: true));
        }
    }

    private sealed class RefusesToCreateAgain(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) =>
            await FindAsync(spec.Uid, cancellationToken) is null
                ? await base.CreateAsync(spec, cancellationToken)
                : throw new ProviderException(ProviderFault.Rejected, "The name is taken.");
    }

    private sealed class ForgetsWhoseItIs(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Answer(() => Machines.Create("nobody", spec));
        }
    }

    private sealed class ForgetsTheUid(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) =>
            await base.CreateAsync(spec with { Uid = "" }, cancellationToken) with { Uid = spec.Uid };
    }

    private sealed class ForgetsTheName(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) =>
            await base.CreateAsync(spec with { Name = "" }, cancellationToken) with { Name = spec.Name };
    }

    private sealed class ForgetsTheTime(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) =>
            await base.CreateAsync(spec, cancellationToken) with { Created = default };
    }

    private sealed class ListsOnePage(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Answer(() => Machines.Page(InstallationId, 0).Machines);
        }
    }

    private sealed class ListsEverybodys(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) =>
            new MemoryProvider(Machines, "").ListAsync(cancellationToken);
    }

    private sealed class ListsTwice(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) =>
            [.. await base.ListAsync(cancellationToken), .. await base.ListAsync(cancellationToken)];
    }

    private sealed class FindsEverybodys(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) =>
            new MemoryProvider(Machines, "").FindAsync(uid, cancellationToken);
    }

    private sealed class FindsAnother(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) =>
            (await ListAsync(cancellationToken)).FirstOrDefault();
    }

    private sealed class FindsNothing(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken)
        {
            await base.FindAsync(uid, cancellationToken);
            return null;
        }
    }

    private sealed class ThrowsWhereNothingIs(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) =>
            await base.FindAsync(uid, cancellationToken) ?? throw new ProviderException(ProviderFault.NotFound, "It is not there.");
    }

    private class ReportsNotFoundEarly(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        private readonly HashSet<string> _destroyed = [];

        public override async Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
        {
            await base.DestroyAsync(instance, cancellationToken);
            _destroyed.Add(instance.Uid);
        }

        public override async Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) =>
            await base.FindAsync(uid, cancellationToken) is { } found && !IsHidden(found) ? found : null;

        protected virtual bool IsHidden(Instance instance) => IsDestroyed(instance);

        protected bool IsDestroyed(Instance instance) => _destroyed.Contains(instance.Uid);
    }

    private sealed class ReportsNotListedEarly(MemoryMachines machines, string ours) : ReportsNotFoundEarly(machines, ours)
    {
        public override async Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) =>
            [.. (await base.ListAsync(cancellationToken)).Where(instance => !IsDestroyed(instance))];

        protected override bool IsHidden(Instance instance) => false;
    }

    private sealed class SwallowsErrorsOfCreate(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
        {
            try
            {
                return await base.CreateAsync(spec, cancellationToken);
            }
            catch (ProviderException)
            {
                return new("", spec.Uid, spec.Name, "", TimeProvider.System.GetUtcNow());
            }
        }
    }

    private sealed class SwallowsErrorsOfFind(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken)
        {
            try
            {
                return await base.FindAsync(uid, cancellationToken);
            }
            catch (ProviderException)
            {
                return null;
            }
        }
    }

    private sealed class SwallowsErrorsOfList(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await base.ListAsync(cancellationToken);
            }
            catch (ProviderException)
            {
                return [];
            }
        }
    }

    private sealed class SwallowsErrorsOfDestroy(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
        {
            try
            {
                await base.DestroyAsync(instance, cancellationToken);
            }
            catch (ProviderException)
            {
                return;
            }
        }
    }

    private sealed class TakesErrorsForNotFound(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken)
        {
            try
            {
                return await base.FindAsync(uid, cancellationToken);
            }
            catch (ProviderException e)
            {
                throw new ProviderException(ProviderFault.NotFound, e.Message);
            }
        }
    }

    private sealed class DestroysNothing(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task DestroyAsync(Instance instance, CancellationToken cancellationToken) =>
            await base.DestroyAsync(instance with { Id = "unknown" }, cancellationToken);
    }

    private sealed class DestroysEverybodys(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task DestroyAsync(Instance instance, CancellationToken cancellationToken) =>
            (instance.Id.Length > 0 ? new MemoryProvider(Machines, "") : new MemoryProvider(Machines, InstallationId)).DestroyAsync(instance, cancellationToken);
    }

    private sealed class DestroysEverybodysByUid(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task DestroyAsync(Instance instance, CancellationToken cancellationToken) =>
            (instance.Id.Length == 0 ? new MemoryProvider(Machines, "") : new MemoryProvider(Machines, InstallationId)).DestroyAsync(instance, cancellationToken);
    }

    private sealed class DestroysAllOfOurs(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
        {
            foreach (var present in await ListAsync(cancellationToken))
                await base.DestroyAsync(present, cancellationToken);
        }
    }

    private sealed class DestroysByIdOnly(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task DestroyAsync(Instance instance, CancellationToken cancellationToken) =>
            base.DestroyAsync(instance.Id.Length > 0 ? instance : instance with { Uid = "unknown" }, cancellationToken);
    }

    private sealed class DestroysOnce(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
        {
            if (await FindAsync(instance.Uid, cancellationToken) is null)
                throw new ProviderException(ProviderFault.NotFound, "It is not there.");
            await base.DestroyAsync(instance, cancellationToken);
        }
    }

    private sealed class CreatesThoughCanceled(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
        {
            var made = await base.CreateAsync(spec, default);
            cancellationToken.ThrowIfCancellationRequested();
            return made;
        }
    }

    private sealed class DestroysThoughCanceled(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
        {
            await base.DestroyAsync(instance, default);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private sealed class DeliversNothing(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
        {
            if (await FindAsync(instance.Uid, cancellationToken) is null)
                throw new ProviderException(ProviderFault.NotFound, "It is not there.");
        }
    }

    private sealed class DeliversWhatWasThere(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken) =>
            base.DeliverAsync(instance, next, current, cancellationToken);
    }

    private sealed class DeliversOnce(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken) =>
            Machines.Admits(instance.Id, next.Credentials)
                ? throw new ProviderException(ProviderFault.Transient, "It does not answer to what it had.")
                : base.DeliverAsync(instance, current, next, cancellationToken);
    }

    private sealed class DeliversToAllOfOurs(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
        {
            await base.DeliverAsync(instance, current, next, cancellationToken);
            Machines.Deliver(InstallationId, _ => true, next.Credentials);
        }
    }

    private sealed class DeliversToEverybodys(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken) =>
            new MemoryProvider(Machines, "").DeliverAsync(instance, current, next, cancellationToken);
    }

    private sealed class DeliversToANewMachine(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
        {
            await base.DeliverAsync(instance, current, next, cancellationToken);
            await DestroyAsync(instance, cancellationToken);
            await CreateAsync(next, cancellationToken);
        }
    }

    private sealed class DeliversThoughCanceled(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
        {
            await base.DeliverAsync(instance, current, next, default);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private sealed class SwallowsErrorsOfDeliver(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override async Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
        {
            try
            {
                await base.DeliverAsync(instance, current, next, cancellationToken);
            }
            catch (ProviderException)
            {
                return;
            }
        }
    }

    private sealed class PromisesToDeliver(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ProviderException(ProviderFault.Rejected, "It can't.");
        }
    }

    private sealed class DoesNotSayThatItCannotDeliver(MemoryMachines machines, string ours) : MemoryProvider(machines, ours)
    {
        public override bool CanDeliverCredentials => false;

        public override Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        }
    }
}
