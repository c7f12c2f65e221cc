using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.Tests.FakeClouds;

/// <summary>What goes wrong on request, and nothing else.</summary>
public class FaultTests : FakeCloudTest
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact]
    public async Task AnswerLost_Create_IsDoneAndCutOff()
    {
        await Fake.FailAsync(new() { Kind = FaultKind.AnswerLost, Route = "servers.create" });

        await Assert.ThrowsAsync<HttpRequestException>(() => CreateServerAsync("a"));

        Assert.Equal("a", Assert.Single((await Fake.GetBillAsync()).Machines).Name);
        await CreateServerAsync("b");
        var call = (await Fake.GetCallsAsync())[0];
        Assert.Equal(("servers.create", 0, "hetznercloud"), (call.Route, call.Status, call.Cloud));
        Assert.Equal([FaultKind.AnswerLost], call.Faults);
        Assert.NotNull(call.Machine);
    }

    [Theory]
    [InlineData(CallPoint.Before, 0)]
    [InlineData(CallPoint.After, 1)]
    public async Task ServerError_Create_IsDoneOrNot(CallPoint point, int machines)
    {
        await Fake.FailAsync(new() { Kind = FaultKind.ServerError, Status = 503, Point = point });

        await CallAsync(Cloud.DigitalOcean, HttpMethod.Post, "droplets", Droplet("a"), HttpStatusCode.ServiceUnavailable);

        Assert.Equal(machines, (await Fake.GetBillAsync()).MachinesMade);
    }

    [Theory]
    [InlineData(CallPoint.Before, 0)]
    [InlineData(CallPoint.After, 1)]
    public async Task Hang_CallerLeaves_IsDoneOrNot(CallPoint point, int machines)
    {
        await Fake.FailAsync(new() { Kind = FaultKind.Hang, Point = point, Duration = Long });
        var gate = await Fake.AddGateAsync(new() { Point = CallPoint.Before, Route = "servers.create" });
        var create = CreateServerAsync("a");
        await Fake.WaitAtGateAsync(gate);
        await Fake.OpenGateAsync(gate);
        if (machines > 0) await SeeAsync(() => Fake.GetBillAsync(), bill => bill.MachinesMade == machines);

        Cloud.Hetzner.CancelPendingRequests();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => create);
        await SeeAsync(async () => (await Fake.GetCallsAsync())[0].Status, status => status == 0);
        Assert.Equal(machines, (await Fake.GetBillAsync()).MachinesMade);
    }

    [Fact]
    public async Task Hang_RuleTakenBack_GoesOn()
    {
        var rule = await Fake.FailAsync(new() { Kind = FaultKind.Hang, Duration = Long });
        var create = CreateServerAsync("a");
        await SeeAsync(() => Fake.GetFaultsAsync(), faults => faults[0].Hits == 1);

        await Fake.ClearFaultAsync(rule.Id);

        Assert.NotNull((await create)["server"]);
    }

    [Fact]
    public async Task RateLimited_AnyCall_TellsWhenToComeBack()
    {
        await Fake.FailAsync(new() { Kind = FaultKind.RateLimited, Duration = TimeSpan.FromSeconds(7), Times = 2 });

        using var hetzner = await Cloud.Hetzner.GetAsync("servers");
        using var digitalOcean = await Cloud.DigitalOcean.GetAsync("droplets");
        using var later = await Cloud.Hetzner.GetAsync("servers");

        HttpResponseMessage[] limited = [hetzner, digitalOcean];
        Assert.All(limited, answer => Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode));
        Assert.All(limited, answer => Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter!.Delta));
        Assert.All(limited, answer => Assert.Equal("0", Assert.Single(answer.Headers.GetValues("RateLimit-Remaining"))));
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task OutOfStock_OneRegionAndSize_RefusesOnlyThose()
    {
        await Fake.FailAsync(new() { Kind = FaultKind.OutOfStock, Region = "fsn1", Size = "cx23", Times = null });
        await Fake.FailAsync(new() { Kind = FaultKind.OutOfStock, Region = "fra1", Times = null });

        var hetzner = await CallAsync(Cloud.Hetzner, HttpMethod.Post, "servers", Server("a"), HttpStatusCode.PreconditionFailed);
        var digitalOcean = await CallAsync(Cloud.DigitalOcean, HttpMethod.Post, "droplets", Droplet("a"), HttpStatusCode.UnprocessableEntity);
        await CreateServerAsync("b", body => body["location"] = "nbg1");
        await CreateServerAsync("c", body => body["server_type"] = "cx33");
        await CreateDropletAsync("b", body => body["region"] = "ams3");

        Assert.Equal("resource_unavailable", (string?)hetzner!["error"]!["code"]);
        Assert.Equal("Size is not available in this region.", (string?)digitalOcean!["message"]);
    }

    [Fact]
    public async Task NotUnique_Create_IsUniquenessError()
    {
        await Fake.FailAsync(new() { Kind = FaultKind.NotUnique });

        var refusal = await CallAsync(Cloud.Hetzner, HttpMethod.Post, "servers", Server("a"), HttpStatusCode.Conflict);

        Assert.Equal("uniqueness_error", (string?)refusal!["error"]!["code"]);
    }

    [Fact]
    public async Task Refused_AnyCode_IsAnsweredSo()
    {
        await Fake.FailAsync(new() { Kind = FaultKind.Refused, Status = 409, Code = "placement_error", Message = "no" });

        var refusal = await CallAsync(Cloud.Hetzner, HttpMethod.Post, "servers", Server("a"), HttpStatusCode.Conflict);

        Assert.Equal(("placement_error", "no"), ((string?)refusal!["error"]!["code"], (string?)refusal["error"]!["message"]));
    }

    [Fact]
    public async Task ActionFailed_Create_IsBilledAndNeverRuns()
    {
        await Fake.FailAsync(new() { Kind = FaultKind.ActionFailed });

        var created = await CreateServerAsync("a");

        var action = await SeeAsync(
            () => GetAsync(Cloud.Hetzner, $"actions/{created["action"]!["id"]}"), seen => (string?)seen["action"]!["status"] != "running");
        Assert.Equal(("error", "action_failed"), ((string?)action["action"]!["status"], (string?)action["action"]!["error"]!["code"]));
        Assert.False(Assert.Single((await Fake.GetBillAsync()).Machines).IsOn);
    }

    [Fact]
    public async Task ListingLag_CreateAndDelete_ListsLate()
    {
        await Fake.FailAsync(new() { Kind = FaultKind.ListingLag, Duration = Long, Times = 2 });
        var created = await CreateServerAsync("late");
        var path = $"servers/{created["server"]!["id"]}";
        var unlisted = await GetAsync(Cloud.Hetzner, "servers");
        var found = await SeeAsync(() => GetAsync(Cloud.Hetzner, path), seen => !(bool)seen["server"]!["locked"]!);
        await Fake.ClearFaultsAsync();
        await CreateServerAsync("seen");
        var listed = (await GetAsync(Cloud.Hetzner, "servers"))["servers"]![0]!;
        await SeeAsync(() => GetAsync(Cloud.Hetzner, $"servers/{listed["id"]}"), seen => !(bool)seen["server"]!["locked"]!);
        await Fake.FailAsync(new() { Kind = FaultKind.ListingLag, Duration = Long });

        await CallAsync(Cloud.Hetzner, HttpMethod.Delete, $"servers/{listed["id"]}");

        Assert.Empty(unlisted["servers"]!.AsArray());
        Assert.Equal("late", (string?)found["server"]!["name"]);
        Assert.Equal("seen", (string?)Assert.Single((await GetAsync(Cloud.Hetzner, "servers"))["servers"]!.AsArray())!["name"]);
        await CallAsync(Cloud.Hetzner, HttpMethod.Get, $"servers/{listed["id"]}", expected: HttpStatusCode.NotFound);
        Assert.Equal("late", Assert.Single((await Fake.GetBillAsync()).Machines).Name);
    }

    [Fact]
    public async Task NotFoundEarly_Get_DeniesWhatIsBilled()
    {
        var created = await CreateDropletAsync("a");
        await Fake.FailAsync(new() { Kind = FaultKind.NotFoundEarly, Route = "droplets.get", Duration = Long });

        await CallAsync(
            Cloud.DigitalOcean, HttpMethod.Get, $"droplets/{created["droplet"]!["id"]}", expected: HttpStatusCode.NotFound);

        Assert.Empty((await GetAsync(Cloud.DigitalOcean, "droplets"))["droplets"]!.AsArray());
        Assert.Single((await Fake.GetBillAsync()).Machines);
    }

    [Fact]
    public async Task DeleteIgnored_Delete_IsAcknowledgedAndNotDone()
    {
        var created = await CreateDropletAsync("a");
        var path = $"droplets/{created["droplet"]!["id"]}";
        await Fake.FailAsync(new() { Kind = FaultKind.DeleteIgnored });

        await CallAsync(Cloud.DigitalOcean, HttpMethod.Delete, path, expected: HttpStatusCode.NoContent);

        await GetAsync(Cloud.DigitalOcean, path);
        await CallAsync(Cloud.DigitalOcean, HttpMethod.Delete, path, expected: HttpStatusCode.NoContent);
        Assert.Empty((await Fake.GetBillAsync()).Machines);
    }

    [Fact]
    public async Task Vanishes_Create_IsGoneByItself()
    {
        await Fake.FailAsync(new() { Kind = FaultKind.Vanishes, Duration = TimeSpan.FromMilliseconds(1) });

        await CreateServerAsync("a");

        await SeeAsync(() => Fake.GetBillAsync(), bill => bill is { Machines: [], Things: [], MachinesMade: 1 });
    }

    [Fact]
    public async Task AddressChange_Create_HasAnotherAddressLater()
    {
        await Fake.FailAsync(new() { Kind = FaultKind.AddressChange, Duration = TimeSpan.FromMilliseconds(1) });

        var created = await CreateServerAsync("a");

        var first = (string)created["server"]!["public_net"]!["ipv4"]!["ip"]!;
        await SeeAsync(() => Fake.GetBillAsync(), bill => bill.Machines[0].Address != first);
    }

    [Fact]
    public async Task Pages_Broken_AreAsAsked()
    {
        await CreateServerAsync("a");
        await CreateServerAsync("b");
        await CreateServerAsync("c");

        await Fake.FailAsync(new() { Kind = FaultKind.ShortPage });
        var cut = await GetAsync(Cloud.Hetzner, "servers");
        await Fake.FailAsync(new() { Kind = FaultKind.MissingNext });
        var unled = await GetAsync(Cloud.Hetzner, "servers?per_page=2");
        await Fake.FailAsync(new() { Kind = FaultKind.WrongTotal });
        var miscounted = await GetAsync(Cloud.Hetzner, "servers");
        await Fake.FailAsync(new() { Kind = FaultKind.BrokenPage });
        var broken = await Cloud.Hetzner.GetStringAsync("servers");

        Assert.Equal((2, 3), (cut["servers"]!.AsArray().Count, (int)cut["meta"]!["pagination"]!["total_entries"]!));
        Assert.Null(unled["meta"]!["pagination"]!["next_page"]);
        Assert.NotEqual(3, (int)miscounted["meta"]!["pagination"]!["total_entries"]!);
        Assert.ThrowsAny<JsonException>(() => JsonNode.Parse(broken));
        Assert.Equal(3, (await GetAsync(Cloud.Hetzner, "servers"))["servers"]!.AsArray().Count);
    }

    [Fact]
    public async Task Rule_SkipAndTimes_HitsTheCallsBetween()
    {
        await Fake.FailAsync(new() { Kind = FaultKind.ServerError, Skip = 1, Times = 2 });

        var statuses = new List<int>();
        for (var call = 0; call < 5; call++) statuses.Add((int)(await Cloud.Hetzner.GetAsync("servers")).StatusCode);

        Assert.Equal([200, 500, 500, 200, 200], statuses);
        Assert.Equal(2, Assert.Single(await Fake.GetFaultsAsync()).Hits);
    }

    [Fact]
    public async Task Rule_AfterRestart_GoesOnWithTheSameDice()
    {
        var rule = new Fault { Kind = FaultKind.ServerError, Times = null, Probability = 0.5, Seed = 7 };
        await Fake.FailAsync(rule);
        var whole = await StatusesAsync(16);
        await Fake.ClearFaultsAsync();
        await Fake.FailAsync(rule);

        var first = await StatusesAsync(8);
        await Cloud.RestartAsync();
        var second = await StatusesAsync(8);

        Assert.Equal(whole, first.Concat(second));
        Assert.Contains(500, whole);
        Assert.Contains(200, whole);

        async Task<List<int>> StatusesAsync(int count)
        {
            var statuses = new List<int>();
            for (var call = 0; call < count; call++) statuses.Add((int)(await Cloud.Hetzner.GetAsync("servers")).StatusCode);
            return statuses;
        }
    }

    [Fact]
    public async Task Chaos_ManyCalls_AboutSoManyGoWrong()
    {
        await Fake.StartChaosAsync(new Chaos(0.2, Seed: 3, [new Fault { Kind = FaultKind.ServerError }, new Fault { Kind = FaultKind.RateLimited }]));

        var statuses = new List<int>();
        for (var call = 0; call < 200; call++) statuses.Add((int)(await Cloud.Hetzner.GetAsync("locations")).StatusCode);
        await Fake.StopChaosAsync();

        Assert.InRange(statuses.Count(status => status != 200), 20, 60);
        Assert.Equal([200, 429, 500], statuses.Distinct().Order());
        Assert.Equal(HttpStatusCode.OK, (await Cloud.Hetzner.GetAsync("locations")).StatusCode);
    }
}
