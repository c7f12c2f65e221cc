using System.Net;
using System.Text.Json.Nodes;
using Google.Rpc;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>New credentials for running servers, with the real service, real processes and kill -9.</summary>
public sealed class RotationTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const int Kills = 15;

    private static readonly TimeSpan LatestKill = TimeSpan.FromMilliseconds(120);

    [Fact]
    public async Task Rotate_Running_TheOldKeyLetsNobodyInAndTheNewOneDoes()
    {
        var before = await Service.ProvisionRunningAsync("one");
        Assert.Equal(200, (await before.PingAsync()).Status);

        var after = await Service.RotateAsync("one");

        Assert.Equal(before.Id, after.Id);
        Assert.NotEqual(before.Secret, after.Secret);
        Assert.NotEqual(before.CaKey, after.CaKey);
        var (old, now) = (await before.PingAsync(), await after.PingAsync());
        Assert.Equal((200, "OK"), (now.Status, now.Body));
        Assert.NotEqual(0, old.ExitCode);
        Assert.Equal(0, old.Status);
        // Whoever trusts the new authority, and has but the old key, is refused by the server.
        Assert.NotEqual(0, (await (after with { TlsKey = before.TlsKey, TlsCert = before.TlsCert }).PingAsync()).ExitCode);
        Assert.Equal(after.TlsCert, (await Service.GetAsync("one")).TlsCert);
        Assert.Equal(["CredentialsRotationRequested", "CredentialsRotated"], (await Service.ReasonsAsync("one")).TakeLast(2));
        AssertNoKeyOnDisk();
    }

    [Fact]
    public async Task Rotate_ServerThatDoesNotRun_IsAFailedPreconditionThatNamesTheState()
    {
        await Service.ProvisionRunningAsync("one");
        await Service.TerminateAsync("one");
        await Service.BecomesAsync("one", "stopped");

        using var response = await Service.Http.PostAsync("/api/servers/one:rotate-credentials", content: null);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var status = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(9, (int)status["code"]!);
        Assert.Equal(("SERVER_NOT_RUNNING", "stopped"), ((string?)status["details"]![0]!["reason"], (string?)status["details"]![0]!["metadata"]!["state"]));
    }

    [Fact]
    public async Task Rotate_ByGrpc_AnswersWithTheSameAndItsErrorsHaveReasons()
    {
        using var client = new TypedClient(Service);
        var before = await Service.ProvisionRunningAsync("typed");

        var after = await client.Servers.RotateServerCredentialsAsync(new() { Name = "typed", Etag = before.Etag }, client.Call());
        var mismatch = await Assert.ThrowsAsync<RpcException>(
            async () => await client.Servers.RotateServerCredentialsAsync(new() { Name = "typed", Etag = before.Etag }, client.Call()));
        var unknown = await Assert.ThrowsAsync<RpcException>(
            async () => await client.Servers.RotateServerCredentialsAsync(new() { Name = "Nobody's" }, client.Call()));

        Assert.Equal((await Service.GetAsync("typed")).TlsCert, after.TlsCert.ToByteArray());
        Assert.Equal((StatusCode.Aborted, "ETAG_MISMATCH"), (mismatch.StatusCode, mismatch.GetRpcStatus()!.Details[0].Unpack<ErrorInfo>().Reason));
        Assert.Equal((StatusCode.NotFound, "SERVER_NOT_FOUND"), (unknown.StatusCode, unknown.GetRpcStatus()!.Details[0].Unpack<ErrorInfo>().Reason));
    }

    [Fact]
    public async Task Rotate_ServiceKilledInTheMiddle_EndsWithCredentialsThatWork()
    {
        var server = await Service.ProvisionRunningAsync("one");
        var random = new Random(7);
        for (var kill = 0; kill < Kills; kill++)
        {
            var rotation = TryRotateAsync();
            await Task.Delay(LatestKill * random.NextDouble());
            await Service.KillAsync();
            await rotation;
            await Service.StartAsync();

            await Eventually.SeeAsync(
                () => Service.ReasonsAsync("one"), reasons => Count(reasons, "CredentialsRotationRequested") == Count(reasons, "CredentialsRotated"),
                "no rotation is under way");
            var now = await Service.GetAsync("one");
            var ping = await now.PingAsync();
            Assert.Equal((kill, 200, "OK"), (kill, ping.Status, ping.Body));
            Assert.Equal((server.Id, "running", ""), (now.Id, now.State, now.Error));
        }
        AssertNoKeyOnDisk();

        async Task TryRotateAsync()
        {
            try
            {
                using var response = await Service.Http.PostAsync("/api/servers/one:rotate-credentials", content: null);
            }
            catch (HttpRequestException)
            {
                // Killed in the middle of the call.
            }
        }
    }

    [Fact]
    public async Task Stop_WhileACallWaitsForARotation_IsNotHeldUp()
    {
        var server = await Service.ProvisionRunningAsync("one");
        // It answers nobody for now.
        Signals.Send(Agents.Pid(server), Signals.Stop);
        var call = Service.Http.PostAsync("/api/servers/one:rotate-credentials", content: null);
        await Eventually.SeeAsync(
            () => Service.ReasonsAsync("one"), reasons => reasons.Contains("CredentialsRotationRequested"), "the rotation is recorded");

        Assert.Equal(0, await Service.StopAsync());

        using var response = await call;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("SERVICE_STOPPING", await response.Content.ReadAsStringAsync());
        Signals.Send(Agents.Pid(server), Signals.Continue);
        await Service.StartAsync();
        await Eventually.SeeAsync(() => Service.ReasonsAsync("one"), reasons => reasons[^1] == "CredentialsRotated", "the next service rotates");
        Assert.Equal(200, (await (await Service.GetAsync("one")).PingAsync()).Status);
    }

    private static int Count(IEnumerable<string> reasons, string reason) => reasons.Count(one => one == reason);

    private void AssertNoKeyOnDisk()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Service.DataDirectory, "local"), "*.json", SearchOption.AllDirectories))
            Assert.DoesNotContain("PRIVATE", File.ReadAllText(file));
    }
}
