using System.Runtime.InteropServices;

namespace ServersGrpc.Agent;

/// <summary>The agent's ties to the process that started it.</summary>
internal static class Session
{
    /// <summary>Leaves the starter's session and terminal, where there are sessions. A process that leads one already stays.</summary>
    public static void Leave()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetSessionId();
        }
    }

    /// <summary>Whether the starter still lives. A child whose parent has died is another's. Windows knows no such tie.</summary>
    public static bool IsChildOf(int pid) => OperatingSystem.IsWindows() || GetParentProcessId() == pid;

    [DllImport("libc", EntryPoint = "setsid")]
    private static extern int SetSessionId();

    [DllImport("libc", EntryPoint = "getppid")]
    private static extern int GetParentProcessId();
}
