using System.Globalization;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Simulation;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>
/// The engine in thousands of worlds where everything goes wrong; see <see cref="SimulationRun"/>. SIMULATION_SEED=S
/// runs the world of one seed and prints all that happens in it; build/simulate runs millions.
/// </summary>
public class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 5000;
    private const int LinesOfFailure = 60;

    [Fact]
    public void Run_ThousandsOfWorlds_KeepsEveryPromise()
    {
        var asked = Environment.GetEnvironmentVariable("SIMULATION_SEED");
        if (asked is not null)
        {
            var run = Campaign.RunOne(int.Parse(asked, CultureInfo.InvariantCulture));
            Tell(run, run.Trace.Count);
            Assert.Null(run.Violation);
            return;
        }

        // The same ones each time: a run of the suite is to tell of the change that it is run for. build/simulate looks for others.
        var failed = Campaign.Run(Enumerable.Range(0, Seeds), mostFailures: 3, _ => { }, null, CancellationToken.None);

        foreach (var run in failed)
            Tell(run, LinesOfFailure);
        Assert.Empty(failed.Select(run => $"SIMULATION_SEED={run.Seed}: {run.Violation}"));
    }

    [Fact]
    public void Run_SameSeedAgain_HappensAgainExactly()
    {
        var seeds = Enumerable.Range(0, 40).ToList();
        var before = Digests();

        Assert.Equal(before, Digests());
        Assert.Equal(seeds.Count, before.Values.Distinct().Count());

        SortedDictionary<int, ulong> Digests()
        {
            var digests = new SortedDictionary<int, ulong>();
            Campaign.Run(seeds, int.MaxValue, Note, null, CancellationToken.None);
            return digests;

            void Note(SimulationResult run)
            {
                lock (digests)
                    digests[run.Seed] = run.Digest;
            }
        }
    }

    [Theory]
    [InlineData(typeof(ForgetfulStore))]
    [InlineData(typeof(OverwritingStore))]
    [InlineData(typeof(StaleStore))]
    [InlineData(typeof(SleepyStore))]
    public void Run_BrokenStore_IsNoticed(Type mutant) =>
        IsNoticed(SimulationHooks.None with { Store = store => (IStorageEngine)Activator.CreateInstance(mutant, store)! });

    [Theory]
    [InlineData(typeof(BlindProvider))]
    [InlineData(typeof(HastyProvider))]
    [InlineData(typeof(IdleProvider))]
    [InlineData(typeof(StubbornProvider))]
    public void Run_BrokenProvider_IsNoticed(Type mutant) =>
        IsNoticed(SimulationHooks.None with { Provider = provider => (IServerProvider)Activator.CreateInstance(mutant, provider)! });

    private void IsNoticed(SimulationHooks hooks)
    {
        var runs = 0;

        var failed = Campaign.Run(Enumerable.Range(0, 500), mostFailures: 1, _ => Interlocked.Increment(ref runs), hooks, CancellationToken.None);

        Assert.NotEmpty(failed);
        output.WriteLine($"Noticed within {runs} runs: {failed[0].Violation}");
    }

    private void Tell(SimulationResult run, int lines)
    {
        output.WriteLine($"Seed {run.Seed}, digest {run.Digest:x16}: {run.Violation ?? "well"}");
        foreach (var line in run.Trace.Skip(run.Trace.Count - lines))
            output.WriteLine(line);
    }
}
