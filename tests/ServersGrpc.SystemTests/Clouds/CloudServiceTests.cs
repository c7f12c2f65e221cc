using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Clouds;

/// <summary>The real service on a FakeCloud: machines that die, a network that does, orphans, and a database in trouble amid it all.</summary>
public sealed class CloudServiceTests(ITestOutputHelper output)
{
    private const string Hetzner = "hetznercloud";

    [Theory]
    [InlineData(Hetzner)]
    [InlineData("digitalocean")]
    public async Task Life_FromProvisionToTermination_IsOneMachineAndThenNone(string cloud)
    {
        await using var lane = await CloudLane.StartAsync(cloud, output);

        var running = await lane.Service.ProvisionRunningAsync("one");
        var machine = Assert.Single((await lane.Admin.GetBillAsync(cloud)).Machines);
        Assert.Equal((running.Id, running.Address), ($"{machine.Id}", machine.Address));
        await lane.Service.TerminateAsync("one");
        await lane.Service.BecomesAsync("one", "stopped");

        var bill = await lane.Admin.GetBillAsync(cloud);
        Assert.Empty(bill.Machines);
        Assert.Empty(bill.Things);
    }

    [Fact]
    public async Task Liveness_OneDeadIsHandledAndTwelveOfTwentyAreNot_UntilTheyAnswer()
    {
        await using var lane = await CloudLane.StartAsync(Hetzner, output);
        var names = Enumerable.Range(0, 20).Select(i => $"s{i:00}").ToList();
        await Task.WhenAll(names.Select(lane.Service.ProvisionAsync));
        foreach (var name in names)
            await lane.Service.BecomesAsync(name, "running");
        var machines = (await lane.Admin.GetBillAsync(Hetzner)).Machines.ToDictionary(machine => machine.Name, machine => machine.Id);

        await lane.Admin.ChangeAsync(machines["s19"], MachineChange.Silence);
        Assert.Contains("probes in a row", (await lane.Service.BecomesAsync("s19", "stopped")).Error);

        foreach (var name in names[..12])
            await lane.Admin.ChangeAsync(machines[name], MachineChange.Silence);
        await Eventually.SeeAsync(VariablesAsync, varz => (bool)varz["liveness_suspended"]!, "liveness is suspended");
        await Eventually.SeeAsync(
            VariablesAsync, varz => (int)varz["failing_servers"]! == 12 && (int)varz["running_servers"]! == 19, "twelve of nineteen fail, and all are running");
        var metrics = new MetricsPage(await lane.Service.Http.GetStringAsync("/metrics"));
        Assert.Equal(("1", "12"), (metrics["servers_liveness_suspended"], metrics["servers_liveness_failing"]));
        // So many more probes as would end one of them.
        var probes = await FailedProbesAsync();
        await Eventually.SeeAsync(FailedProbesAsync, now => now >= probes + (12 * 6), "each is probed six times more");
        Assert.Equal(19, (await lane.Service.ListAsync()).Count(server => server.State == "running"));

        foreach (var name in names[..12])
            await lane.Admin.ChangeAsync(machines[name], MachineChange.Wake);
        await Eventually.SeeAsync(VariablesAsync, varz => (int)varz["failing_servers"]! == 0, "all answer again");
        Assert.Equal("0", new MetricsPage(await lane.Service.Http.GetStringAsync("/metrics"))["servers_liveness_suspended"]);
        Assert.Equal(19, (await lane.Service.ListAsync()).Count(server => server.State == "running"));

        async Task<JsonNode> VariablesAsync() => JsonNode.Parse(await lane.Service.Http.GetStringAsync("/varz"))!;

        async Task<double> FailedProbesAsync()
        {
            var line = (await lane.Service.Http.GetStringAsync("/metrics")).Split('\n')
                .First(line => line.StartsWith("servers_probes_total{", StringComparison.Ordinal) && line.Contains("liveness") && line.Contains("failed"));
            return double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task Sweep_AnOrphanGoes_WhatIsOwnedOrForeignStays()
    {
        await using var lane = await CloudLane.StartAsync(Hetzner, output);
        await lane.Service.ProvisionRunningAsync("owned");
        var owned = Assert.Single((await lane.Admin.GetBillAsync(Hetzner)).Machines);
        var uid = owned.Labels.Single(label => label.Key.EndsWith("/uid", StringComparison.Ordinal)).Value;

        await MakeAsync("orphan", owned.Labels.ToDictionary(label => label.Key, label => label.Value == uid ? new string('0', 32) : label.Value));
        await MakeAsync("foreign", new() { ["team"] = "other" });

        await Eventually.SeeAsync(
            () => lane.Admin.GetBillAsync(Hetzner), bill => !bill.Machines.Any(machine => machine.Name == "orphan"), "the orphan is gone");
        Assert.Equal(["foreign", "owned"], (await lane.Admin.GetBillAsync(Hetzner)).Machines.Select(machine => machine.Name).Order());
        var swept = new MetricsPage(await lane.Service.Http.GetStringAsync("/metrics"));
        Assert.Equal("1", swept["""servers_sweep_orphans_total{action="destroyed",provider="hetznercloud"}"""]);

        async Task MakeAsync(string name, Dictionary<string, string> labels)
        {
            using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", "hetzner-token") } };
            using var made = await http.PostAsJsonAsync(
                $"{lane.Admin.HetznerEndpoint}/servers", new { name, server_type = "cx23", image = "ubuntu-24.04", location = "fsn1", labels });
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }
    }

    [Fact]
    public async Task Disk_FullAmidCreatesAndRemovals_NothingIsDoubledAndAllGoesOn()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var lane = await CloudLane.StartAsync("digitalocean", Path.Combine(disk.Path, "data"), output);
        await lane.Admin.SetSettingsAsync(new() { CreateDuration = TimeSpan.FromSeconds(1) });
        var ledger = new FleetLedger();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => ledger.ProvisionAsync(lane.Service, $"old{i}")));
        foreach (var i in Enumerable.Range(0, 10))
            await lane.Service.BecomesAsync($"old{i}", "running");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => ledger.ProvisionAsync(lane.Service, $"new{i}")));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => ledger.TerminateAsync(lane.Service, $"old{i}")));
        await Eventually.SeeAsync(() => lane.Admin.GetBillAsync(), bill => bill.MachinesMade > 10, "creates are under way");

        await disk.FillAsync(lane.Service);
        var refused = await Curl.SendAsync(lane.Service, "POST", "/api/servers");
        Assert.Equal((503, 14), (refused.Status, (int)refused.Json!["code"]!));
        // The cloud does what it was asked for meanwhile.
        foreach (var name in (string[])["new0", "new1"])
            Assert.Equal(503, (await Curl.SendAsync(lane.Service, "DELETE", $"/api/servers/{name}")).Status);
        disk.MakeRoom();
        await lane.Service.ResumeAsync();

        var settled = await Eventually.SeeAsync(
            async () => (Servers: await lane.Service.ListAsync(), Bill: await lane.Admin.GetBillAsync()),
            now => now.Servers.All(ledger.IsSettled) && FleetLedger.Agree(now.Servers, now.Bill), "every server is where it has to go");
        Assert.Equal(10, settled.Bill.Machines.Count);
        Assert.Equal(20, settled.Bill.MachinesMade);
        FleetLedger.AssertNeverTwoAtOnce(await lane.Admin.GetMachinesAsync());
    }
}
