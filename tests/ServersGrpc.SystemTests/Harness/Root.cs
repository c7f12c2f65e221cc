namespace ServersGrpc.SystemTests.Harness;

/// <summary>What takes root, or sudo without a password.</summary>
internal static class Root
{
    /// <summary>The command as its user has to begin it.</summary>
    public static string[] Command(params string[] command) =>
        Environment.IsPrivilegedProcess ? command : ["sudo", "--non-interactive", "--preserve-env", .. command];

    /// <summary>Runs a command to its end, which must be success.</summary>
    public static async Task RunAsync(params string[] command)
    {
        var asRoot = Command(command);
        var result = await ExternalCommand.RunAsync(asRoot[0], asRoot[1..]);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', asRoot)}: {result.Error}");
    }
}
