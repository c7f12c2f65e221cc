using System.Reflection;
using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Providers.Mutants;

/// <summary>The contract suite over machines in memory, run by hand: each test on machines of its own.</summary>
internal sealed class MutantSuite(Func<MemoryMachines, string, IServerProvider> make) : ProviderContractTests
{
    private readonly MemoryMachines _machines = new();

    protected override int MoreThanAPage => (2 * MemoryMachines.PageSize) + 1;

    // Memory takes no time. What is not there by then never comes.
    protected override TimeSpan Patience => TimeSpan.FromMilliseconds(500);

    /// <summary>The names of the tests that fail, with why.</summary>
    public static async Task<IReadOnlyList<string>> FailuresOfAsync(Func<MemoryMachines, string, IServerProvider> make)
    {
        var failures = new List<string>();
        foreach (var test in Tests())
        {
            var failure = await Record.ExceptionAsync(() => test.Invoke(new MutantSuite(make), null) as Task ?? Task.CompletedTask);
            if (failure is not null)
                failures.Add($"{test.Name}: {(failure as TargetInvocationException)?.InnerException?.Message ?? failure.Message}");
        }
        return failures;
    }

    /// <summary>All tests of the suite.</summary>
    public static IReadOnlyList<MethodInfo> Tests() =>
        [.. typeof(ProviderContractTests).GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null)];

    protected override Task<bool> AnswersAsync(Instance instance, InstanceSpec spec) => Task.FromResult(_machines.Admits(instance.Id, spec.Credentials));

    protected override IServerProvider NewProvider(string installationId) => make(_machines, installationId);

    protected override Task BreakAsync()
    {
        _machines.IsBroken = true;
        return Task.CompletedTask;
    }

    protected override async Task<bool> BeginRemovalAsync(IServerProvider provider, Instance instance)
    {
        _machines.IsStalled = true;
        await provider.DestroyAsync(instance, default);
        return true;
    }
}
