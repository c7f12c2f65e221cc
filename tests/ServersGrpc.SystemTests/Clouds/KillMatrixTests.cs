using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Clouds;

/// <summary>
/// kill -9 before and after every kind of call that the service makes of its cloud, and at random moments while it writes, with faults on
/// all the while. KILL_SEED repeats a run's choices (not the machine's timing).
/// </summary>
public abstract class KillMatrixTests(string cloud, IReadOnlyList<string> routes, ITestOutputHelper output)
{
    private const int Kills = 51;
    private const int MostKills = 3 * Kills;
    private const int LeastStrikes = 2;
    private const int SettleEvery = 17;
    private const int RandomEvery = 4;
    private const int MostWanted = 12;
    private const double FaultRate = 0.05;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan AtGate = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LatestKill = TimeSpan.FromMilliseconds(400);

    private readonly FleetLedger _ledger = new();
    private readonly Dictionary<(string Route, CallPoint Point), int> _struck = [];
    private int _lastNumber;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Kill_AtEveryCallOfTheCloudAndAtRandom_LosesLeaksAndDoublesNothing(int round)
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("KILL_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
        output.WriteLine($"KILL_SEED={seed}");
        var random = new Random(unchecked((seed * 31) + round));
        await using var lane = await CloudLane.StartAsync(cloud, output);
        var chaos = new Chaos(FaultRate, seed + round, Troubles());
        List<(string Route, CallPoint Point)> cells = [.. from route in routes from point in Enum.GetValues<CallPoint>() select (route, point)];
        await lane.Admin.StartChaosAsync(chaos);

        // On a slow machine a call may not come in time for its kill: then it takes more of them until each was struck.
        for (var kill = 1; kill <= Kills || (kill <= MostKills && cells.Any(cell => _struck.GetValueOrDefault(cell) < LeastStrikes)); kill++)
        {
            if (kill % RandomEvery == 0)
                await KillWhileWritingAsync(lane, random);
            else
                await KillAtCallAsync(lane, random, cells.MinBy(cell => _struck.GetValueOrDefault(cell)));
            await lane.Service.StartAsync();
            if (kill % SettleEvery == 0)
                await AssertSettlesAsync(lane, chaos);
        }

        output.WriteLine($"{_ledger.Acknowledged} servers were acknowledged, the end of {_ledger.Ended} too. Kills at calls: {string.Join(", ", _struck.OrderBy(s => s.Key).Select(s => $"{s.Key.Route} {s.Key.Point} {s.Value}"))}.");
        Assert.All(cells, cell =>
            Assert.True(_struck.GetValueOrDefault(cell) >= LeastStrikes, $"{cell} was struck {_struck.GetValueOrDefault(cell)} times."));
        await EndAsync(lane);
    }

    // All that ends by itself. Windows are shorter than what the service is told that listings may lag.
    private static IReadOnlyList<Fault> Troubles() =>
    [
        new() { Kind = FaultKind.AnswerLost },
        new() { Kind = FaultKind.Hang, Duration = TimeSpan.FromSeconds(4) },
        new() { Kind = FaultKind.Hang, Duration = TimeSpan.FromSeconds(4), Point = CallPoint.After },
        new() { Kind = FaultKind.RateLimited, Duration = TimeSpan.FromSeconds(1) },
        new() { Kind = FaultKind.ServerError, Status = 500 },
        new() { Kind = FaultKind.ServerError, Status = 502, Point = CallPoint.After },
        new() { Kind = FaultKind.ServerError, Status = 504, Point = CallPoint.After },
        new() { Kind = FaultKind.OutOfStock },
        new() { Kind = FaultKind.SlowBoot, Duration = TimeSpan.FromSeconds(2) },
        new() { Kind = FaultKind.ListingLag, Duration = TimeSpan.FromMilliseconds(600) },
        new() { Kind = FaultKind.NotFoundEarly, Duration = TimeSpan.FromMilliseconds(600) },
        new() { Kind = FaultKind.DeleteIgnored },
        new() { Kind = FaultKind.AddressChange, Duration = TimeSpan.FromSeconds(1) },
        new() { Kind = FaultKind.ShortPage },
        new() { Kind = FaultKind.BrokenPage },
        new() { Kind = FaultKind.MissingNext },
        new() { Kind = FaultKind.WrongTotal },
    ];

    /// <summary>Stops a call before or after its effect, and the service with it.</summary>
    private async Task KillAtCallAsync(CloudLane lane, Random random, (string Route, CallPoint Point) cell)
    {
        var gate = await lane.Admin.AddGateAsync(new() { Cloud = cloud, Route = cell.Route, Point = cell.Point, Skip = random.Next(2) });
        var load = LoadAsync(lane.Service, random, calls: 3);
        try
        {
            using var patience = new CancellationTokenSource(AtGate);
            await lane.Admin.WaitAtGateAsync(gate, patience.Token);
            _struck[cell] = _struck.GetValueOrDefault(cell) + 1;
        }
        catch (OperationCanceledException)
        {
            // The call did not come in time; the kill comes all the same.
            output.WriteLine($"{cell} did not come in time.");
        }
        await lane.Service.KillAsync();
        await load;
        // What stands at the gate is a request on the wire: it may be lost with its sender, or be carried out late.
        if (random.Next(2) == 0)
            await lane.Admin.DropGateAsync(gate);
        else
            await lane.Admin.OpenGateAsync(gate);
    }

    private async Task KillWhileWritingAsync(CloudLane lane, Random random)
    {
        var load = Enumerable.Range(0, 4).Select(_ => LoadAsync(lane.Service, new Random(random.Next()), calls: 3)).ToList();
        await Task.Delay(LatestKill * random.NextDouble());
        await lane.Service.KillAsync();
        await Task.WhenAll(load);
    }

    /// <summary>Provisions and terminates, one call after the other, until it is done or the service is gone.</summary>
    private async Task LoadAsync(ServiceProcess service, Random random, int calls)
    {
        try
        {
            for (var call = 0; call < calls; call++)
            {
                var wanted = _ledger.Wanted;
                if (random.Next(MostWanted) < wanted.Count)
                    await _ledger.TerminateAsync(service, wanted[random.Next(wanted.Count)], force: random.Next(2) == 0);
                else
                    await _ledger.ProvisionAsync(service, $"m{Interlocked.Increment(ref _lastNumber)}");
            }
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            // Killed in the middle of a call: nothing was acknowledged.
        }
    }

    private async Task AssertSettlesAsync(CloudLane lane, Chaos chaos)
    {
        _ledger.AssertNothingIsLost(await lane.Service.ListAsync());
        await SettledAsync(lane);
        await lane.Admin.StartChaosAsync(chaos);
    }

    /// <summary>Without new faults, everything gets where it has to go.</summary>
    private async Task<IReadOnlyList<ServerView>> SettledAsync(CloudLane lane)
    {
        await lane.Admin.StopChaosAsync();
        var seen = await Eventually.SeeAsync(
            async () => (Servers: await lane.Service.ListAsync(), Bill: await lane.Admin.GetBillAsync(cloud)),
            now => now.Servers.All(_ledger.IsSettled) && FleetLedger.Agree(now.Servers, now.Bill),
            now => $"every server is running or stopped as asked, each running one with its one machine. Not so: {string.Join("; ", now.Servers.Where(server => !_ledger.IsSettled(server)))}. Machines: {string.Join(", ", now.Bill.Machines.Select(machine => $"{machine.Id} {machine.Name}"))}",
            Patience);
        return seen.Servers;
    }

    private async Task EndAsync(CloudLane lane)
    {
        foreach (var server in await SettledAsync(lane))
        {
            var events = JsonNode.Parse(await lane.Service.Http.GetStringAsync($"/api/servers/{server.Name}/events"))!.AsArray();
            Assert.Equal((server.Name, null), (server.Name, LifeStory.WhatIsWrong(events, server.State)));
        }
        // Also what was never acknowledged and is there all the same.
        foreach (var server in await lane.Service.ListAsync())
            await _ledger.TerminateAsync(lane.Service, server.Name);
        await SettledAsync(lane);

        var bill = await lane.Admin.GetBillAsync(cloud);
        Assert.Empty(bill.Machines);
        Assert.Empty(bill.Things);
        FleetLedger.AssertNeverTwoAtOnce(await lane.Admin.GetMachinesAsync(cloud));
    }
}
