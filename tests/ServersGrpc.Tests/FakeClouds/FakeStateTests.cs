using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.Tests.FakeClouds;

/// <summary>What a FakeCloud knows after its restart.</summary>
public class FakeStateTests : FakeCloudTest
{
    [Fact]
    public async Task Restart_EverythingMade_IsThereAgain()
    {
        await Fake.SetSettingsAsync(new() { MachineLimit = 9 });
        var server = await CreateServerAsync("a", body => body["labels"] = new JsonObject { ["uid"] = "u1" });
        var gone = await CreateDropletAsync("b", body => body["tags"] = new JsonArray("server:u2"));
        await Cloud.DigitalOcean.DeleteAsync($"droplets/{gone["droplet"]!["id"]}");
        var before = await Fake.GetMachinesAsync();
        var counts = await Fake.GetCallCountsAsync();

        await Cloud.RestartAsync();

        var after = await Fake.GetMachinesAsync();
        var bill = await Fake.GetBillAsync();
        Assert.Equal(before.Select(machine => (machine.Id, machine.Since, machine.Until)), after.Select(machine => (machine.Id, machine.Since, machine.Until)));
        Assert.Equal("a", Assert.Single(bill.Machines, machine => machine.Bears("u1")).Name);
        Assert.True(after[1].Bears("u2"));
        Assert.Equal((2L, 2), (bill.MachinesMade, bill.Things.Count));
        Assert.Equal(9, (await Fake.GetSettingsAsync()).MachineLimit);
        Assert.Equal(counts, await Fake.GetCallCountsAsync());
        Assert.Equal("a", (string?)(await GetAsync(Cloud.Hetzner, $"servers/{server["server"]!["id"]}"))["server"]!["name"]);
        var next = await CreateServerAsync("c");
        Assert.True((long)next["server"]!["id"]! > (long)gone["droplet"]!["id"]!);
    }

    [Fact]
    public async Task Bill_MachinesMadeAndDestroyed_CountsTheirTime()
    {
        var first = await CreateDropletAsync("a");
        await Cloud.DigitalOcean.DeleteAsync($"droplets/{first["droplet"]!["id"]}");
        await CreateServerAsync("b");

        var both = await Fake.GetBillAsync();
        var hetzner = await Fake.GetBillAsync("hetznercloud");

        Assert.Equal((2L, 1L), (both.MachinesMade, hetzner.MachinesMade));
        Assert.Equal("b", Assert.Single(both.Machines).Name);
        Assert.True(both.MachineSeconds > hetzner.MachineSeconds - 1);
    }

    [Fact]
    public void Journal_LastLineCutOff_IsReadWithoutIt()
    {
        using var directory = new Engine.TemporaryDirectory();
        var path = directory.File("journal.jsonl");
        using (var journal = Journal.Create(path, []))
        {
            journal.Append([new JournalEntry("t", "1", Json("1")), new JournalEntry("t", "2", Json("2"))]);
            journal.Append([new JournalEntry("t", "1", Value: null)]);
        }

        File.AppendAllText(path, """[{"table":"t","key":"3","va""");

        Assert.Equal([("1", true), ("2", true), ("1", false)], Journal.Read(path).Select(entry => (entry.Key, entry.Value is not null)));

        static System.Text.Json.JsonElement Json(string text) => System.Text.Json.JsonDocument.Parse(text).RootElement;
    }
}
