using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServersGrpc.Api;

namespace ServersGrpc.Telemetry;

/// <summary>What the process costs, under the names that Prometheus' own libraries use, and what it runs.</summary>
internal sealed class ProcessMetrics
{
    private const string MeterName = "ServersGrpc.Process";
    private const string OpenFiles = "/proc/self/fd";

    public ProcessMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        using var process = Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        meter.CreateObservableGauge("process.start_time", () => started, "s", "When the process started, since 1970.");
        meter.CreateObservableCounter("process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Time of processors used.");
        meter.CreateObservableGauge("process.resident_memory", () => Environment.WorkingSet, "By", "Memory held.");
        if (Directory.Exists(OpenFiles))
            meter.CreateObservableGauge(
                "process.open_fds", () => Directory.EnumerateFileSystemEntries(OpenFiles).Count(), "{file}", "Open file descriptors.");
        AddRuntime(meter);
        var version = ServiceVersion.Read();
        meter.CreateObservableGauge(
            "servers.build_info", () => new Measurement<int>(1, new("version", version.Version), new("commit", version.Commit)), unit: null, "What runs.");
    }

    private static void AddRuntime(Meter meter)
    {
        meter.CreateObservableGauge("dotnet.gc.heap", () => GC.GetTotalMemory(forceFullCollection: false), "By", "Memory of objects, dead ones included.");
        meter.CreateObservableCounter("dotnet.gc.allocated", () => GC.GetTotalAllocatedBytes(), "By", "Memory allocated for objects.");
        meter.CreateObservableCounter(
            "dotnet.gc.collections",
            () => Enumerable.Range(0, GC.MaxGeneration + 1)
                .Select(generation => new Measurement<int>(Collections(generation), new KeyValuePair<string, object?>("generation", generation))),
            "{collection}",
            "Garbage collections, by the oldest generation that they collected.");
        meter.CreateObservableCounter("dotnet.gc.pause", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time that garbage collections stopped everything.");
        meter.CreateObservableGauge("dotnet.thread_pool.threads", () => ThreadPool.ThreadCount, "{thread}", "Threads of the thread pool.");
        meter.CreateObservableGauge("dotnet.thread_pool.queue", () => ThreadPool.PendingWorkItemCount, "{item}", "Work that waits for a thread of the pool.");
    }

    // The runtime counts a collection of a generation among those of every younger one.
    private static int Collections(int generation) =>
        GC.CollectionCount(generation) - (generation < GC.MaxGeneration ? GC.CollectionCount(generation + 1) : 0);
}
