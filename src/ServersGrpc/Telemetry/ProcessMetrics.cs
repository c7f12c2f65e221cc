using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ServersGrpc.Telemetry;

/// <summary>
/// Which build runs, and what the runtime's own metrics do not tell of the process: since when it runs, and its open files.
/// </summary>
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
        if (Directory.Exists(OpenFiles))
            meter.CreateObservableGauge(
                "process.open_fds", () => Directory.EnumerateFileSystemEntries(OpenFiles).Count(), "{file}", "Open file descriptors.");
        var version = ServiceVersion.Read();
        meter.CreateObservableGauge(
            "servers.build_info", () => new Measurement<int>(1, new("version", version.Version), new("commit", version.Commit)), unit: null, "What runs.");
    }
}
