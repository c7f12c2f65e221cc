using System.Globalization;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>The local provider's processes, found by their command lines: what the machine says, not what the service believes.</summary>
internal static class Agents
{
    /// <summary>The ids of the processes that serve a server of this data directory.</summary>
    public static IReadOnlyList<int> Of(string dataDirectory)
    {
        var instances = Path.Combine(dataDirectory, "local", "instances") + Path.DirectorySeparatorChar;
        return
        [
            .. from path in Directory.EnumerateDirectories("/proc")
               let pid = int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var number) ? number : 0
               where pid > 0 && CommandLine(pid).Contains(instances, StringComparison.Ordinal)
               select pid,
        ];
    }

    /// <summary>The process of a server, by its id: "local-PID-START".</summary>
    public static int Pid(ServerView server) => int.Parse(server.Id.Split('-')[1], CultureInfo.InvariantCulture);

    /// <summary>Ends all of a data directory, and waits until they are gone.</summary>
    public static async Task EndAsync(string dataDirectory)
    {
        // A killed one may have been about to start another.
        while (Of(dataDirectory) is { Count: > 0 } left)
        {
            foreach (var pid in left) Signals.Send(pid, Signals.Kill);
            await Eventually.BeAsync(() => left.All(HasEnded), "killed agents are gone");
        }
    }

    // An ending process loses its command line first and its files later; as a zombie it has neither.
    private static bool HasEnded(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
