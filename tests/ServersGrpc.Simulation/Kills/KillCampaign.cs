using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb;

namespace ServersGrpc.Simulation.Kills;

/// <summary>
/// Kills a process that writes to a store, again and again on the same directory, and compares what is there with what was acknowledged. The
/// seed gives after how many writes; what the process does at that moment no seed can give.
/// </summary>
internal static class KillCampaign
{
    private const int SlowestStart = 300;
    private const int MostWrites = 120;

    // SIGKILL, as the system tells it.
    private const int Killed = 128 + 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns what is wrong, null where nothing is, how many were killed, and how many writes were acknowledged.</summary>
    public static async Task<(string? Violation, int Kills, long Acknowledged)> RunAsync(int kills, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var acknowledged = new Acknowledgements();
        var directory = MakeDirectory();
        try
        {
            var killed = 0;
            string? violation = null;
            while (killed < kills && violation is null && !cancellationToken.IsCancellationRequested)
            {
                await LiveAsync(directory, random, acknowledged);
                killed++;
                violation = await CheckAsync(directory, acknowledged);
            }
            return (violation, killed, acknowledged.Count);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task LiveAsync(string directory, Random random, Acknowledgements acknowledged)
    {
        // Some are killed while they start: what was left to recover is to be left again.
        var (diesEarly, start, writes) = (random.Next(5) == 0, random.Next(SlowestStart), random.Next(MostWrites));
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "ServersGrpc.Simulation"), [WritingProcess.Argument, directory])
        {
            RedirectStandardOutput = true,
        })!;
        using var late = new CancellationTokenSource(Patience);
        try
        {
            if (diesEarly)
                await Task.Delay(start, late.Token);
            else
                await ReadAsync(process.StandardOutput, acknowledged, writes, late.Token);
            process.Kill();
            // What it said before it was killed it has promised.
            await ReadAsync(process.StandardOutput, acknowledged, int.MaxValue, late.Token);
            await process.WaitForExitAsync(late.Token);
            if (process.ExitCode != Killed)
                throw new InvalidOperationException($"The process ended by itself, with {process.ExitCode}.");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task ReadAsync(StreamReader output, Acknowledgements acknowledged, long most, CancellationToken cancellationToken)
    {
        for (var until = acknowledged.Count + most; acknowledged.Count < until && await output.ReadLineAsync(cancellationToken) is { } line;)
            acknowledged.Take(line);
    }

    /// <summary>Looks at a copy: the next process is to find what the last one left.</summary>
    private static async Task<string?> CheckAsync(string directory, Acknowledgements acknowledged)
    {
        if (!File.Exists(Path.Combine(directory, StorageOptions.FileName)))
            return acknowledged.Count == 0 ? null : "the database is gone";
        var copy = MakeDirectory();
        try
        {
            foreach (var file in Directory.EnumerateFiles(directory).Where(file => Path.GetFileName(file) != "lock"))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            using var data = DataDirectory.Open(copy);
            using var meters = new RunMeters();
            using var store = LiteDbStore.Open(data, "", WritingProcess.Options(), TimeProvider.System, new(meters), NullLogger.Instance);
            return await acknowledged.CompareAsync(store);
        }
        catch (StoreOpenException e)
        {
            return e.Message;
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static string MakeDirectory()
    {
        var path = Path.Combine(Path.GetTempPath(), "servers-kills-" + Guid.NewGuid().ToString("N"));
        DataDirectory.CreatePrivate(path);
        return path;
    }
}
