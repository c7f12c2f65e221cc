using System.Runtime.InteropServices;

namespace ServersGrpc.Engine.Providers;

/// <summary>What the service runs on, in the words of records.</summary>
public static class ThisMachine
{
    public static string OperatingSystemName => OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";

    public static string ArchitectureName => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.X86 => "386",
        var other => other.ToString().ToLowerInvariant(),
    };
}
