using System.Reflection;
using ServersGrpc.Engine.Storage;
using Xunit.Sdk;

namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>The tests of the store's contract, run by hand on any engine: each on a fixture of its own.</summary>
internal static class ContractSuite
{
    private static readonly Dictionary<Type, Func<StoreFixture, IDisposable>> Makers = new()
    {
        [typeof(ServerStoreContract)] = fixture => new Servers(fixture),
        [typeof(ListContract)] = fixture => new Lists(fixture),
        [typeof(SettingContract)] = fixture => new Settings(fixture),
        [typeof(LeaseContract)] = fixture => new Leases(fixture),
        [typeof(WatchContract)] = fixture => new Watches(fixture),
        [typeof(AccessContract)] = fixture => new Callers(fixture),
    };

    /// <summary>The classes whose tests are run.</summary>
    public static IReadOnlyCollection<Type> Contracts => Makers.Keys;

    /// <summary>All tests, by name.</summary>
    public static IReadOnlyDictionary<string, MethodInfo> Tests { get; } =
        Contracts.SelectMany(contract => contract.GetMethods()).Where(IsTest).ToDictionary(test => test.Name);

    /// <summary>Asserts that a test of the contract fails on an engine with a flaw. Returns what it says then.</summary>
    public static Task<string> NoticesAsync(string test, Type mutant) => NoticesAsync(test, mutant.Name, () => Break(mutant));

    /// <summary>Asserts that a test of the contract fails on an engine with a flaw. Returns what it says then.</summary>
    /// <param name="test">One of <see cref="Tests"/>.</param>
    /// <param name="flaw">What is wrong with the engine.</param>
    /// <param name="machine">See <see cref="FindFailureAsync"/>.</param>
    public static async Task<string> NoticesAsync(string test, string flaw, Func<StoreFixture.OpenEngine> machine) =>
        await FindFailureAsync(test, machine) switch
        {
            XunitException noticed => $"{test} fails on {flaw}: {noticed.Message}",
            null => throw FailException.ForFailure($"{test} passes on {flaw}."),
            var accident => throw FailException.ForFailure($"{test} asserts nothing on {flaw}: {accident}"),
        };

    /// <summary>Asserts that tests of the contract pass on an engine.</summary>
    /// <param name="tests">Some of <see cref="Tests"/>.</param>
    /// <param name="machine">See <see cref="FindFailureAsync"/>.</param>
    public static async Task PassAsync(IEnumerable<string> tests, Func<StoreFixture.OpenEngine> machine)
    {
        foreach (var test in tests)
        {
            if (await FindFailureAsync(test, machine) is { } failure)
                Assert.Fail($"{test}: {failure}");
        }
    }

    /// <summary>The first failure of a test, of any of its arguments; null: it passes.</summary>
    /// <param name="test">One of <see cref="Tests"/>.</param>
    /// <param name="machine">For each fixture, what opens its engine again and again.</param>
    public static async Task<Exception?> FindFailureAsync(string test, Func<StoreFixture.OpenEngine> machine)
    {
        var method = Tests[test];
        foreach (var arguments in ArgumentsOf(method))
        {
            var failure = await Record.ExceptionAsync(async () =>
            {
                using var instance = Makers[method.DeclaringType!](new(machine()));
                if (method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null) is Task running)
                    await running;
            });
            if (failure is not null)
                return failure;
        }
        return null;
    }

    /// <summary>Opens a LiteDB store, and the mutant over it.</summary>
    private static StoreFixture.OpenEngine Break(Type mutant) => (directory, disk, id, options, time, metrics) =>
        (IStorageEngine)Activator.CreateInstance(mutant, StoreFixture.LiteDb(directory, disk, id, options, time, metrics))!;

    // A theory is a fact, too.
    private static bool IsTest(MethodInfo method) => method.GetCustomAttribute<FactAttribute>() is not null;

    private static IEnumerable<object?[]> ArgumentsOf(MethodInfo test) => test.GetCustomAttribute<TheoryAttribute>() is null
        ? [[]]
        : test.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(test));

    private sealed class Servers(StoreFixture fixture) : ServerStoreContract(fixture);

    private sealed class Lists(StoreFixture fixture) : ListContract(fixture);

    private sealed class Settings(StoreFixture fixture) : SettingContract(fixture);

    private sealed class Leases(StoreFixture fixture) : LeaseContract(fixture);

    private sealed class Watches(StoreFixture fixture) : WatchContract(fixture);

    private sealed class Callers(StoreFixture fixture) : AccessContract(fixture);
}
