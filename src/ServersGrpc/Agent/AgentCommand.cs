using System.Runtime.InteropServices;
using ServersGrpc.Engine.Providers.Local;

namespace ServersGrpc.Agent;

/// <summary>
/// The subcommand <c>agent</c>: one local server, as a process of its own. It belongs to nobody but its directory: it outlives the
/// service that started it, and it ends when its directory says so or a signal does.
/// </summary>
internal static class AgentCommand
{
    private const int Success = 0;
    private const int Failure = 1;

    // Whoever looks whether the lock is held holds it for an instant; that must not end a starting agent.
    private static readonly TimeSpan LockPatience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(5);

    /// <summary>How the service starts agents: this very program again.</summary>
    public static AgentCommandLine CommandLine()
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? new AgentCommandLine(program, [typeof(AgentCommand).Assembly.Location, "agent"])
            : new AgentCommandLine(program, ["agent"]);
    }

    /// <summary>
    /// Runs <c>agent --directory DIRECTORY --starter PID</c>, with its credentials on the standard input, until it is told to end; returns the
    /// exit code.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not ["--directory", var path, "--starter", var starter] || !int.TryParse(starter, out var starterPid))
        {
            await Console.Error.WriteLineAsync("usage: agent --directory DIRECTORY --starter PID");
            return Failure;
        }

        // In a session of its own no terminal's Ctrl-C and no hang-up reaches it.
        Session.Leave();
        using var stopping = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });
        try
        {
            await LiveAsync(new InstanceDirectory(path), starterPid, await ReadCredentialsAsync(stopping.Token), stopping.Token);
            return Success;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return Success;
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Failure;
        }
    }

    /// <summary>Before the lock is taken: whoever waits for a starter holds nobody up. Null where the starter ended before it had told them all.</summary>
    private static async Task<AgentCredentials?> ReadCredentialsAsync(CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        using var told = new MemoryStream();
        // A read of the console can't be canceled.
        await input.CopyToAsync(told, CancellationToken.None).WaitAsync(cancellationToken);
        return AgentCredentials.Read(told.GetBuffer().AsSpan(0, (int)told.Length));
    }

    private static async Task LiveAsync(
        InstanceDirectory directory, int starterPid, AgentCredentials? credentials, CancellationToken cancellationToken)
    {
        using var held = await TryLockAsync(directory, cancellationToken);
        // The starter is asked for with the lock in hand: one that lives now did so when the lock was taken, so its successor will see
        // the lock. One that died may have a successor that looked already, and counts on nothing coming to life here.
        if (held is null
            || credentials is null
            || directory.ReadSpec() is not { } spec
            || !InstanceDirectory.IsLockOf(held, spec)
            || directory.IsMarkedForRemoval
            || !Session.IsChildOf(starterPid))
        {
            Console.WriteLine(AgentSignals.Unneeded);
            return;
        }

        using var listener = LoopbackListener.Open(spec);
        await using var server = new AgentServer(spec, credentials, listener);
        await server.StartAsync(cancellationToken);
        directory.WriteState(new AgentState(
            spec.Uid, spec.Name, spec.InstallationId, ProcessIdentity.Current, listener.Address, TimeProvider.System.GetUtcNow()));
        // A removal that was asked for before the state was there did not know whom to tell.
        if (directory.IsMarkedForRemoval)
        {
            Console.WriteLine(AgentSignals.Unneeded);
            return;
        }

        Console.WriteLine(AgentSignals.Ready);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    private static async Task<FileStream?> TryLockAsync(InstanceDirectory directory, CancellationToken cancellationToken)
    {
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            while (true)
            {
                if (directory.TryLock() is { } held)
                {
                    return held;
                }

                if (TimeProvider.System.GetElapsedTime(started) > LockPatience)
                {
                    return null;
                }

                await Task.Delay(LockRetry, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
