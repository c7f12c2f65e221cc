using System.Diagnostics;
using ServersGrpc.Agent;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Local;

namespace ServersGrpc.Tests.Engine.Providers.Local;

/// <summary>A data directory with real agents, all of which are gone when it is disposed of.</summary>
internal sealed class LocalMachine : IDisposable
{
    public string DataDirectory { get; } = Directory.CreateTempSubdirectory("servers-local-").FullName;

    /// <summary>Starts the real program, whatever host runs the tests.</summary>
    public static AgentCommandLine Agent { get; } = new(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(AgentCommand).Assembly.Location, "agent"]);

    public LocalProviderOptions Options { get; } = new();

    public LocalProvider NewProvider(string installationId = "ours", AgentCommandLine? agent = null) =>
        new(Options, DataDirectory, installationId, agent ?? Agent, TimeProvider.System);

    public string PathOf(string uid) => Path.Combine(DataDirectory, "local", "instances", uid);

    public static int PidOf(Instance instance) => int.Parse(instance.Id.Split('-')[1]);

    /// <summary>The processes that run as agents of the server, whatever the provider knows.</summary>
    public IReadOnlyList<int> AgentsOf(string uid) => [.. AgentsIn(PathOf(uid))];

    public static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended already, which is what is wanted.
            return;
        }
    }

    public void Dispose()
    {
        foreach (var pid in AgentsIn(DataDirectory))
        {
            Kill(pid);
        }

        Directory.Delete(DataDirectory, recursive: true);
    }

    private static IEnumerable<int> AgentsIn(string path)
    {
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var pid) && CommandLineOf(pid).Contains("--directory\0" + path))
            {
                yield return pid;
            }
        }
    }

    private static string CommandLineOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
