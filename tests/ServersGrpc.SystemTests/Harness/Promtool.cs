namespace ServersGrpc.SystemTests.Harness;

/// <summary>Prometheus' own checker, which build/tools fetches.</summary>
internal static class Promtool
{
    private static readonly string Executable = Path.Combine(Repository.Root, "artifacts", "tools", "promtool");

    /// <summary>Checks a page of metrics, of which promtool reads from its standard input.</summary>
    public static Task<CommandResult> CheckMetricsAsync(string file) =>
        ExternalCommand.RunAsync("/bin/sh", ["-c", "exec \"$0\" check metrics <\"$1\"", Executable, file]);

    public static Task<CommandResult> CheckRulesAsync(string file) => ExternalCommand.RunAsync(Executable, ["check", "rules", file]);

    public static Task<CommandResult> CheckConfigurationAsync(string file) => ExternalCommand.RunAsync(Executable, ["check", "config", file]);

    /// <summary>Plays invented measurements to rules, and checks what they raise.</summary>
    public static Task<CommandResult> TestRulesAsync(string file) => ExternalCommand.RunAsync(Executable, ["test", "rules", file]);
}
