using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>Ends processes that are not necessarily our children.</summary>
internal static class ProcessSignals
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int NoSuchProcess = 3;

    /// <summary>Asks the process to end. Windows has no such question to ask of another console: it is ended there.</summary>
    public static void Terminate(ProcessIdentity process) => Send(process, SigTerm);

    /// <summary>Ends the process.</summary>
    public static void Kill(ProcessIdentity process) => Send(process, SigKill);

    private static void Send(ProcessIdentity process, int signal)
    {
        if (!process.IsAlive)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            using var handle = Process.GetProcessById(process.Pid);
            handle.Kill();
        }
        else if (Signal(process.Pid, signal) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
        {
            throw new Win32Exception(error);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Signal(int pid, int signal);
}
