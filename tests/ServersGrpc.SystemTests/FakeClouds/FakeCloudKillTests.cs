using System.Net.Http.Json;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.FakeClouds;

/// <summary>The fake outlives its own death: what it answered is so afterwards.</summary>
public class FakeCloudKillTests
{
    [Fact]
    public async Task Kill_InTheMiddleOfCreates_KeepsAllThatWereAnswered()
    {
        await using var cloud = await FakeCloudProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = cloud.Client.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", new FakeCloudSettings().HetznerToken);
        var answered = new List<string>();
        var creates = Enumerable.Range(0, 4).Select(CreateUntilKilledAsync).ToList();
        await Eventually.BeAsync(
            () =>
            {
                lock (answered) return answered.Count >= 20;
            },
            "twenty servers are made");

        await cloud.RestartAsync();
        await Task.WhenAll(creates);

        var names = (await cloud.Client.GetMachinesAsync()).Select(machine => machine.Name).ToHashSet();
        Assert.All(answered, name => Assert.Contains(name, names));
        Assert.InRange(names.Count - answered.Count, 0, creates.Count);

        async Task CreateUntilKilledAsync(int worker)
        {
            for (var number = 0; ; number++)
            {
                var name = $"s-{worker}-{number}";
                try
                {
                    using var response = await http.PostAsJsonAsync(
                        "/v1/servers", new { name, server_type = "cx23", image = "debian-12", location = "fsn1" });
                    response.EnsureSuccessStatusCode();
                }
                catch (HttpRequestException)
                {
                    return;
                }

                lock (answered) answered.Add(name);
            }
        }
    }
}
