using System.Diagnostics;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>What the disk alone takes for what every durable write waits for.</summary>
internal static class Disk
{
    private const int Writes = 200;
    private const int PageSize = 4096;

    /// <summary>Milliseconds until a page, appended as to a write-ahead log, is on disk.</summary>
    public static Samples MeasureSync(RunDirectory directory)
    {
        using var file = File.OpenHandle(directory.File("sync"), FileMode.CreateNew, FileAccess.Write);
        var page = new byte[PageSize];
        var times = new double[Writes];
        for (var i = 0; i < Writes; i++)
        {
            RandomAccess.Write(file, page, (long)i * PageSize);
            var began = Stopwatch.GetTimestamp();
            RandomAccess.FlushToDisk(file);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
        return new(times);
    }
}
