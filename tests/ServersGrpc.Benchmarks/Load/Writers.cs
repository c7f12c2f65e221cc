using System.Diagnostics;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>So many callers that write a unit each, as soon as their last one is on disk.</summary>
internal static class Writers
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    /// <param name="callers">How many.</param>
    /// <param name="write">Returns when a unit is on disk.</param>
    public static async Task<StoreRun> RunAsync(int callers, Func<Task> write)
    {
        await WriteAllAsync(WarmUp);
        return await WriteAllAsync(Duration);

        async Task<StoreRun> WriteAllAsync(TimeSpan duration)
        {
            var (began, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => WriteManyAsync(began, duration))));
            var (elapsed, units) = (Stopwatch.GetElapsedTime(began), times.Sum(own => own.Count));
            return new(units / elapsed.TotalSeconds, new(times.SelectMany(own => own)), (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / units);
        }

        async Task<List<double>> WriteManyAsync(long began, TimeSpan duration)
        {
            var times = new List<double>();
            while (Stopwatch.GetElapsedTime(began) < duration)
            {
                var asked = Stopwatch.GetTimestamp();
                await write();
                times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }
            return times;
        }
    }
}
