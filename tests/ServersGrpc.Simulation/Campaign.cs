using System.Collections.Concurrent;

namespace ServersGrpc.Simulation;

/// <summary>Many runs, on as many threads as there are processors.</summary>
internal static class Campaign
{
    /// <summary>Runs the worlds of seeds until they end, or so many have failed. Returns what failed.</summary>
    /// <param name="seeds">Which, in this order.</param>
    /// <param name="mostFailures">Stop then.</param>
    /// <param name="report">Told of each run, from any thread.</param>
    /// <param name="hooks">What is broken on purpose.</param>
    /// <param name="cancellationToken">Ends it after the runs that are under way.</param>
    public static IReadOnlyList<SimulationResult> Run(
        IEnumerable<int> seeds, int mostFailures, Action<SimulationResult> report, SimulationHooks? hooks, CancellationToken cancellationToken)
    {
        var failed = new ConcurrentQueue<SimulationResult>();
        using var next = seeds.GetEnumerator();
        // Threads of their own: a thread that brings a scheduler or a context along would change the order of a run.
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work) { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return [.. failed.OrderBy(result => result.Seed)];

        void Work()
        {
            while (failed.Count < mostFailures && !cancellationToken.IsCancellationRequested && TryTake(out var seed))
            {
                var result = RunOne(seed, hooks);
                if (result.Violation is not null)
                    failed.Enqueue(result);
                report(result);
            }
        }

        bool TryTake(out int seed)
        {
            lock (next)
            {
                var any = next.MoveNext();
                seed = any ? next.Current : 0;
                return any;
            }
        }
    }

    /// <summary>Runs one world, in a directory of its own.</summary>
    public static SimulationResult RunOne(int seed, SimulationHooks? hooks = null)
    {
        using var directory = new RunDirectory();
        return SimulationRun.Run(seed, directory.Path, hooks);
    }
}
