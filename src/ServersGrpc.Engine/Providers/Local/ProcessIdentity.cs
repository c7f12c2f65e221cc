using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>A process that can be told from a later one with the same number.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="StartTime">When it started: clock ticks since boot on Linux, UTC ticks elsewhere.</param>
public sealed record ProcessIdentity(int Pid, long StartTime)
{
    // Counted from the field after the command, which itself may hold spaces and parentheses: state is field 3, starttime field 22.
    private const int StateIndex = 0;
    private const int StartTimeIndex = 19;

    /// <summary>The id of an instance that is this process.</summary>
    [JsonIgnore]
    public string InstanceId => string.Create(CultureInfo.InvariantCulture, $"local-{Pid}-{StartTime}");

    public static ProcessIdentity Current => Read(Environment.ProcessId)!;

    /// <summary>Whether the process still runs. One that ended and was not yet waited for does not.</summary>
    [JsonIgnore]
    public bool IsAlive => Read(Pid) == this;

    /// <summary>The process that an instance's id names; null where it names none.</summary>
    public static ProcessIdentity? Parse(string instanceId) =>
        instanceId.Split('-') is ["local", var pid, var startTime]
        && int.TryParse(pid, CultureInfo.InvariantCulture, out var number) && long.TryParse(startTime, CultureInfo.InvariantCulture, out var ticks)
            ? new(number, ticks)
            : null;

    private static ProcessIdentity? Read(int pid) => OperatingSystem.IsLinux() ? ReadProc(pid) : ReadPortable(pid);

    private static ProcessIdentity? ReadProc(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException || IsNoSuchProcess(exception))
        {
            return null;
        }

        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[StateIndex] is "Z" or "X"
            ? null
            : new ProcessIdentity(pid, long.Parse(fields[StartTimeIndex], CultureInfo.InvariantCulture));
    }

    private static ProcessIdentity? ReadPortable(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return new ProcessIdentity(pid, process.StartTime.ToUniversalTime().Ticks);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    // Reading the file of a process that ends between open and read fails with ESRCH.
    private static bool IsNoSuchProcess(Exception exception) => exception is IOException { HResult: 3 };
}
