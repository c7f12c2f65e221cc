using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.SystemTests.Clouds;

namespace ServersGrpc.Benchmarks.Soak;

/// <summary>
/// The real service on a FakeCloud whose calls fail now and then, with a steady stream of provisions and terminations: whether anything
/// leaks, is lost, grows, or has a story that does not explain it.
/// </summary>
internal sealed class SoakRun
{
    public const string Subcommand = "soak";

    private const int Rate = 20;
    private const double FaultRate = 0.05;
    private const double MostGrowth = 1.15;
    private const double Mebibyte = 1024 * 1024;

    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Service _service;
    private readonly FakeCloudClient _cloud;
    private readonly Random _random;
    private readonly List<double> _memory = [];
    private readonly ConcurrentDictionary<string, string> _states = new();
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new();
    private readonly ConcurrentDictionary<string, bool> _ended = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private int _refused;
    private int _checked;

    private SoakRun(FakeCloudClient cloud, Service service, int seed)
    {
        (_cloud, _service) = (cloud, service);
        _random = new(seed);
    }

    /// <summary>Runs for so many minutes. The exit code is 0 only when everything held.</summary>
    public static async Task<int> RunAsync(double minutes)
    {
        var seed = Random.Shared.Next();
        using var data = new RunDirectory();
        using var cloudData = new RunDirectory();
        using var cloudProcess = await ServerProcess.StartOwnAsync(
            "FakeCloud", metered: false, "--urls", "http://127.0.0.1:0", "--state", cloudData.Path);
        using var cloud = new FakeCloudClient(new(cloudProcess.Address));
        using var service = await Service.StartAsync(data.Path, Options(cloud));
        return await new SoakRun(cloud, service, seed).RunAsync(TimeSpan.FromMinutes(minutes), seed);
    }

    private static IReadOnlyList<string> Options(FakeCloudClient cloud) =>
    [
        "--Servers:Providers:local:Enabled=false", "--Servers:DefaultProvider=hetznercloud", "--Servers:MaxServers=1000000",
        $"--Servers:Providers:hetznercloud:Endpoint={cloud.HetznerEndpoint}", "--Servers:Providers:hetznercloud:Token=hetzner-token",
        $"--Servers:Providers:digitalocean:Endpoint={cloud.DigitalOceanEndpoint}", "--Servers:Providers:digitalocean:Token=digitalocean-token",
        .. Each("ConsistencyWindow=00:00:03"), .. Each("CallTimeout=00:00:05"), .. Each("MaxCallsPerSecond=2000"), .. Each("MaxConcurrentCalls=64"),
        "--Servers:Providers:hetznercloud:Alternatives=nbg1/cx23", "--Servers:Providers:digitalocean:Alternatives=fra1/s-1vcpu-1gb",
        "--Servers:Lifecycle:Concurrency=256", "--Servers:Lifecycle:StepDeadline=00:00:30", "--Servers:Lifecycle:ReadyDeadline=00:00:30",
        "--Servers:Lifecycle:ErrorRetention=00:00:05", "--Servers:Lifecycle:StoppedRetention=00:01:00", "--Servers:Lifecycle:EventRetention=00:05:00",
        "--Servers:Lifecycle:LivenessInterval=00:00:05", "--Servers:Lifecycle:ProbeTimeout=00:00:03",
        "--Servers:Lifecycle:SweepInterval=00:00:10", "--Servers:Lifecycle:OrphanAge=00:00:30", "--Servers:Lifecycle:OrphanConfirmation=00:00:05",
        "--Logging:LogLevel:ServersGrpc=Error",
    ];

    private static IEnumerable<string> Each(string setting) =>
        ((string[])["hetznercloud", "digitalocean"]).Select(cloud => $"--Servers:Providers:{cloud}:{setting}");

    private async Task<int> RunAsync(TimeSpan duration, int seed)
    {
        Console.WriteLine(Report.Text($"{Rate} provisions and {Rate} terminations a second for {duration.TotalMinutes:0.#} minutes, {FaultRate:P0} of the cloud's calls fail (seed {seed})."));
        await _cloud.StartChaosAsync(Chaos.Everything(FaultRate, seed));
        using var watching = new CancellationTokenSource();
        var watch = Task.Run(() => WatchAsync(watching.Token));
        var began = Stopwatch.GetTimestamp();
        await LoadAsync(began, duration);
        Console.WriteLine("The stream ends; everything is terminated.");
        await _cloud.StopChaosAsync();
        await EndAsync();
        await watching.CancelAsync();
        await watch;
        return await JudgeAsync();
    }

    private async Task LoadAsync(long began, TimeSpan duration)
    {
        var calls = new ConcurrentDictionary<Task, bool>();
        var ends = new PriorityQueue<string, TimeSpan>();
        var sampled = TimeSpan.Zero;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / Rate));
        for (var number = 0; Stopwatch.GetElapsedTime(began) < duration; number++)
        {
            var now = Stopwatch.GetElapsedTime(began);
            var name = $"soak-{number}";
            Begin(ProvisionAsync(name, number % 2 == 0 ? "hetznercloud" : "digitalocean"));
            // Some end before they run.
            ends.Enqueue(name, now + (LongestLife * _random.NextDouble()));
            while (ends.TryPeek(out var ending, out var at) && at <= now)
            {
                ends.Dequeue();
                Begin(TerminateAsync(ending));
            }
            if (now >= sampled)
            {
                Sample(now);
                sampled += SampleInterval;
            }
            await timer.WaitForNextTickAsync();
        }
        await Task.WhenAll(calls.Keys);

        void Begin(Task call)
        {
            calls[call] = true;
            call.ContinueWith(done => calls.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private void Sample(TimeSpan elapsed)
    {
        var memory = _service.Process.Status.Memory;
        _memory.Add(memory);
        if (_memory.Count % 3 != 1)
            return;
        var states = _states.Values.CountBy(state => state).ToDictionary();
        Console.WriteLine(Report.Text(
            $"{elapsed:hh\\:mm\\:ss}  acknowledged {_acknowledged.Count}, ended {_ended.Count}, stories checked {_checked}; now {string.Join(", ", states.OrderBy(s => s.Key).Select(s => $"{s.Value} {s.Key}"))}; {memory / Mebibyte:0} MiB, {_service.Process.CpuTime.TotalSeconds:0} s of CPU"));
    }

    private async Task ProvisionAsync(string name, string provider)
    {
        using var response = await _service.Http.PostAsJsonAsync("/api/servers", new { name, provider });
        if (response.IsSuccessStatusCode)
            _acknowledged[name] = true;
        else
            Interlocked.Increment(ref _refused);
    }

    private async Task TerminateAsync(string name)
    {
        if (!_acknowledged.ContainsKey(name))
            return;
        using var response = await _service.Http.DeleteAsync($"/api/servers/{name}");
        // One that was lost by itself may be purged already.
        if (response.IsSuccessStatusCode || response.StatusCode == System.Net.HttpStatusCode.NotFound)
            _ended[name] = true;
        else
            Interlocked.Increment(ref _refused);
    }

    /// <summary>Follows every change; the story of each server that has stopped is read and judged.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await _service.Http.GetStreamAsync("/api/servers:watch", cancellationToken);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                var change = JsonNode.Parse(line)!;
                if (change["server"] is not { } server)
                    continue;
                var (name, state) = ((string)server["name"]!, (string)server["state"]!);
                if ((string)change["type"]! == "deleted")
                    _states.TryRemove(name, out _);
                else if (!_states.TryGetValue(name, out var before) || before != state)
                    _states[name] = state;
                else
                    continue;
                if (state == "stopped" && (string)change["type"]! != "deleted")
                    await CheckStoryAsync(name, cancellationToken);
            }
            _faults.Enqueue("The watch ended by itself.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the run.
        }
    }

    private async Task CheckStoryAsync(string name, CancellationToken cancellationToken)
    {
        var events = JsonNode.Parse(await _service.Http.GetStringAsync($"/api/servers/{name}/events", cancellationToken))!.AsArray();
        // It may have gone on since.
        while (events.Count > 0 && (string)events[^1]!["reason"]! is "Purged" or "OrphanRemoved")
            events.RemoveAt(events.Count - 1);
        if (LifeStory.WhatIsWrong(events, "stopped") is { } wrong)
            _faults.Enqueue($"{name}: {wrong}");
        _checked++;
    }

    private async Task EndAsync()
    {
        await Task.WhenAll(_acknowledged.Keys.Except(_ended.Keys).Select(TerminateAsync));
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            var bill = await _cloud.GetBillAsync();
            if (bill is { Machines.Count: 0, Things.Count: 0 } && _states.Values.All(state => state == "stopped") && _checked >= _acknowledged.Count)
                return;
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<int> JudgeAsync()
    {
        var bill = await _cloud.GetBillAsync();
        foreach (var machine in bill.Machines)
            _faults.Enqueue($"Leaked: machine {machine.Id} {machine.Name} at {machine.Cloud}, since {machine.Since:O}.");
        foreach (var thing in bill.Things)
            _faults.Enqueue($"Leaked: {thing.Kind} {thing.Id} {thing.Name} at {thing.Cloud}.");
        foreach (var (name, state) in _states.Where(server => server.Value != "stopped"))
            _faults.Enqueue($"Wedged: {name} is {state}.");
        if (_checked != _acknowledged.Count)
            _faults.Enqueue($"{_acknowledged.Count} servers were acknowledged, {_checked} were seen to stop.");
        if (_refused > 0)
            _faults.Enqueue($"{_refused} calls were refused.");
        var machines = await _cloud.GetMachinesAsync();
        foreach (var server in machines.GroupBy(machine => machine.Name))
        {
            var lives = server.OrderBy(machine => machine.Since).ToList();
            if (lives.Zip(lives.Skip(1)).Any(pair => !(pair.First.Until <= pair.Second.Since)))
                _faults.Enqueue($"{server.Key} paid for two machines at once.");
        }
        var (early, late) = (new Samples(_memory[(_memory.Count / 4)..(_memory.Count / 2 + 1)]).Median, new Samples(_memory[(_memory.Count * 3 / 4)..]).Median);
        if (late > early * MostGrowth)
            _faults.Enqueue(Report.Text($"Memory grew from {early / Mebibyte:0} to {late / Mebibyte:0} MiB."));

        Console.WriteLine(Report.Text(
            $"\n{_acknowledged.Count} servers, {machines.Count} machines, {bill.MachineSeconds:0} machine seconds; {_checked} stories explain their servers; memory {early / Mebibyte:0} MiB in the second quarter, {late / Mebibyte:0} MiB in the last; {_service.Process.CpuTime.TotalSeconds:0} s of CPU."));
        foreach (var fault in _faults.Take(50))
            Console.WriteLine(fault);
        Console.WriteLine(_faults.IsEmpty ? "Everything held." : $"{_faults.Count} faults.");
        return _faults.IsEmpty ? 0 : 1;
    }
}
