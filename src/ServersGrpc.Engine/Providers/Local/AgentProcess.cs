using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>Starts an agent and hears what becomes of it.</summary>
internal sealed class AgentProcess(AgentCommandLine command)
{
    private const int MaxReasonLength = 400;

    // An agent inherits no settings of the service, which may be secrets; only what a .NET program needs to be found and to start.
    private static readonly string[] KeptVariables =
    [
        "PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64",
        "SystemRoot", "USERPROFILE", "TEMP",
    ];

    // An agent does next to nothing: small and quick to start matter, throughput does not.
    private static readonly KeyValuePair<string, string>[] RuntimeSettings =
    [
        new("DOTNET_gcServer", "0"),
        new("DOTNET_gcConcurrent", "0"),
        new("DOTNET_GCHeapHardLimit", "0x4000000"),
        new("DOTNET_TieredPGO", "0"),
        new("DOTNET_EnableDiagnostics", "0"),
    ];

    /// <summary>
    /// Starts an agent in the directory, hands it its credentials, and returns its signal. An agent that fails, or has not signaled when the wait is canceled, is
    /// gone when this returns: no agent of ours comes to life later.
    /// </summary>
    public async Task<string> StartAsync(InstanceDirectory directory, AgentCredentials credentials, CancellationToken cancellationToken)
    {
        using var process = Start(directory);
        using var output = process.StandardOutput;
        using var errors = process.StandardError;
        try
        {
            await HandOverAsync(process.StandardInput, credentials, cancellationToken);
            if (await output.ReadLineAsync(cancellationToken) is { } signal)
            {
                return signal;
            }

            var reason = await errors.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            throw Failure(process.ExitCode, reason);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }

    private static async Task HandOverAsync(StreamWriter input, AgentCredentials credentials, CancellationToken cancellationToken)
    {
        try
        {
            await using var pipe = input.BaseStream;
            await pipe.WriteAsync(credentials.Write(), cancellationToken);
        }
        catch (IOException)
        {
            // It ended before it read them. Its output tells why, or that it is not needed.
        }
    }

    private Process Start(InstanceDirectory directory)
    {
        var start = new ProcessStartInfo(command.FileName)
        {
            WorkingDirectory = directory.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] arguments =
        [
            .. command.Arguments,
            "--directory", directory.Path,
            "--starter", Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var name in KeptVariables)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        foreach (var (name, value) in RuntimeSettings)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new ProviderException(
                ProviderFault.Transient, $"the agent {command.FileName} can't be started: {exception.Message}", inner: exception);
        }
    }

    private static ProviderException Failure(int exitCode, string reason)
    {
        var text = reason.Trim();
        var tail = text.Length <= MaxReasonLength ? text : "…" + text[^MaxReasonLength..];
        return new ProviderException(ProviderFault.Transient, $"the agent ended at its start with exit code {exitCode}: {tail}");
    }
}
