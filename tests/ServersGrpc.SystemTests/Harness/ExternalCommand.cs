using System.Diagnostics;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>A program that a test runs beside the service. Disposing ends it.</summary>
internal sealed class ExternalCommand : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private ExternalCommand(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    public StreamReader Output => _process.StandardOutput;

    public static ExternalCommand Start(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ExternalCommand(process);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<CommandResult> RunAsync(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var command = Start(file, arguments, environment);
        var output = command.Output.ReadToEndAsync();
        var exitCode = await command.WaitAsync();
        return new CommandResult(exitCode, await output, await command._error);
    }

    /// <summary>The exit code, when the program ended by itself.</summary>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Eventually.Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
