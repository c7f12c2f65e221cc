namespace ServersGrpc.Simulation.Disk;

/// <summary>Runs the lineages of many seeds, on as many threads as there are processors.</summary>
internal static class LineageRunner
{
    /// <summary>Runs all of them, or until so many failed, and returns what failed.</summary>
    /// <param name="run">Runs the lineage of a seed.</param>
    /// <param name="seed">The first seed.</param>
    /// <param name="lineages">How many seeds from there on.</param>
    /// <param name="mostFailures">Stop then.</param>
    /// <param name="report">Told of each lineage and of all up to then, one at a time.</param>
    /// <param name="cancellationToken">Ends it after the lineages that are under way.</param>
    public static IReadOnlyList<LineageResult> Run(
        Func<int, LineageResult> run, int seed, long lineages, int mostFailures, Action<LineageResult, CampaignCounts> report,
        CancellationToken cancellationToken)
    {
        var failed = new List<LineageResult>();
        var counts = CampaignCounts.None;
        var begun = 0L;
        var state = new Lock();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work) { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        // A store that failed must not end the process when its remains are collected.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return [.. failed.OrderBy(result => result.Seed)];

        void Work()
        {
            while (TryTake(out var next))
            {
                var result = run(next);
                lock (state)
                {
                    counts += result.Counts;
                    if (result.Violation is not null)
                        failed.Add(result);
                    report(result, counts);
                }
            }
        }

        bool TryTake(out int next)
        {
            lock (state)
            {
                next = (int)((seed + begun) & int.MaxValue);
                if (begun == lineages || failed.Count >= mostFailures || cancellationToken.IsCancellationRequested)
                    return false;
                begun++;
                return true;
            }
        }
    }
}
