using System.Globalization;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>
/// kill -9 at random moments, under load. The environment variable CRASH_SEED repeats a run's choices (not the machine's timing).
/// </summary>
public class CrashRecoveryTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const int Kills = 20;
    private const int SettleEvery = 4;
    private const int AtStartEvery = 5;
    private const int Workers = 3;
    private const int CallsPerWorker = 4;

    private static readonly TimeSpan LatestKill = TimeSpan.FromMilliseconds(1200);

    private readonly CrashLedger _ledger = new();
    private int _lastNumber;

    [Fact]
    public async Task Kill_TwentyTimesUnderLoad_LosesNothingAndDoublesNothing()
    {
        var seed = int.Parse(
            Environment.GetEnvironmentVariable("CRASH_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
        Output.WriteLine($"CRASH_SEED={seed}");
        var random = new Random(seed);

        for (var kill = 1; kill <= Kills; kill++)
        {
            if (kill % AtStartEvery == 0)
                await KillAtStartAsync(random);
            else
                await KillUnderLoadAsync(random);

            await Service.StartAsync();
            _ledger.AssertNothingIsLost(await Service.ListAsync(), Agents.Of(Service.DataDirectory));
            // Between these, the next kill hits the recovery from the last.
            if (kill % SettleEvery == 0) await AssertSettlesAsync();
        }

        Output.WriteLine($"{_ledger.Acknowledged} servers were acknowledged.");
        Assert.True(_ledger.Acknowledged >= Kills, "There was hardly any load.");
    }

    private async Task KillUnderLoadAsync(Random random)
    {
        var load = Enumerable.Range(0, Workers).Select(_ => LoadAsync(new Random(random.Next()))).ToList();
        await Task.Delay(LatestKill * random.NextDouble());
        await Service.KillAsync();
        await Task.WhenAll(load);
    }

    private async Task KillAtStartAsync(Random random)
    {
        await Service.KillAsync();
        await Service.KillAtStartAsync(LatestKill * random.NextDouble());
    }

    /// <summary>Provisions and terminates, one call after the other, until the service is gone.</summary>
    private async Task LoadAsync(Random random)
    {
        try
        {
            for (var call = 0; call < CallsPerWorker; call++)
            {
                var servers = await Service.ListAsync();
                _ledger.Saw(servers);
                var live = servers.Where(server => server.State is not ("stopped" or "shutdown" or "stopping")).ToList();
                // A machine of two cores holds so many processes with ease.
                if (random.Next(12) < live.Count)
                    await TerminateAsync(live[random.Next(live.Count)].Name);
                else
                    await ProvisionAsync();
                await Task.Delay(random.Next(200));
            }
        }
        catch (HttpRequestException)
        {
            // Killed in the middle of a call: nothing was acknowledged.
        }
    }

    private async Task ProvisionAsync()
    {
        var name = $"crash-{Interlocked.Increment(ref _lastNumber)}";
        await Service.ProvisionAsync(name);
        _ledger.Provisioned(name);
    }

    private async Task TerminateAsync(string name)
    {
        _ledger.Terminating(name);
        await Service.TerminateAsync(name);
        _ledger.Terminated(name);
    }

    /// <summary>Half-made servers go on to running, ending ones to stopped, and every running one has exactly one process.</summary>
    private async Task AssertSettlesAsync()
    {
        var servers = await Eventually.SeeAsync(
            Service.ListAsync, all => all.All(_ledger.IsSettled), "every server is running, or stopped as asked");
        _ledger.Saw(servers);
        var running = servers.Where(server => server.State == "running").Select(Agents.Pid).Order().ToList();
        await Eventually.BeAsync(
            () => Agents.Of(Service.DataDirectory).Order().SequenceEqual(running), $"exactly the processes {string.Join(", ", running)} are there");
    }
}
