using System.Globalization;

namespace ServersGrpc.Benchmarks.Processes;

/// <summary>What Linux knows of a process's memory, in bytes.</summary>
internal sealed record ProcessStatus(int Pid)
{
    private const string ResetPeakCommand = "5";

    /// <summary>Memory in use now.</summary>
    public long Memory => Read("VmRSS:");

    /// <summary>The most that was in use since <see cref="ResetPeak"/>.</summary>
    public long Peak => Read("VmHWM:");

    public void ResetPeak() => File.WriteAllText($"/proc/{Pid}/clear_refs", ResetPeakCommand);

    private long Read(string name)
    {
        var line = File.ReadLines($"/proc/{Pid}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        var kilobytes = line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024;
    }
}
