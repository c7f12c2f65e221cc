using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Harness.Leaks;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>
/// Secrets stay where they belong while a service says all that it can say. What it wrote is searched at the end of this test as of every other
/// (<see cref="ServiceProcess"/>).
/// </summary>
[UnsupportedOSPlatform("windows")]
public class SecretsTests(ITestOutputHelper output) : ServiceTest(output)
{
    protected override string[] Options => ["--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace"];

    [Fact]
    public async Task EverythingAServiceDoes_LoggedInFull_TellsNoSecret()
    {
        var userData = Remember("user data");
        var wrongToken = Remember("a wrong token");

        await using (var watch = await ChangeStream.LinesAsync(Service, since: 0))
        {
            await PostAsync(HttpStatusCode.OK, new { name = "secretive", user_data = $"#!/bin/sh\necho {userData}\n", request_id = "first" });
            await Service.BecomesAsync("secretive", "running");
            while ((await watch.NextAsync())!["server"]?["state"]?.ToString() != "running")
            {
            }
        }
        await Service.ListAsync();

        await PostAsync(HttpStatusCode.OK, new { name = "tried", user_data = userData, validate_only = true });
        await PostAsync(HttpStatusCode.Conflict, new { name = "secretive", user_data = userData });
        await PostAsync(HttpStatusCode.Conflict, new { name = "secretive", user_data = "another", request_id = "first" });
        await PostAsync(HttpStatusCode.BadRequest, new { name = "-", user_data = userData, provider = "nobody" });
        await PostAsync(HttpStatusCode.BadRequest, new { name = "large", user_data = string.Concat(Enumerable.Repeat(userData, 3000)) });
        await PostAsync(HttpStatusCode.BadRequest, new { user_data = new { inside = userData } });
        await PostAsync(HttpStatusCode.BadRequest, new { unknown = userData });
        using (var broken = await Service.Http.PostAsync("/api/servers", new StringContent($$"""{"user_data":"{{userData}}",,""")))
            Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        using (var stranger = new HttpClient { BaseAddress = new(Service.Address) })
        {
            stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", wrongToken);
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/servers/secretive")).StatusCode);
        }
        await CallAsync(userData);

        Service.Search("the events", await Service.Http.GetStringAsync("/api/servers/secretive/events"));
        await Service.TerminateAsync("secretive");
        await Service.BecomesAsync("secretive", "stopped");
        Service.Search("the events", await Service.Http.GetStringAsync("/api/servers/secretive/events"));
        Service.Search("/varz", await Service.Http.GetStringAsync("/varz"));

        await Service.KillAsync();
        await Service.StartAsync();
        Assert.Equal("stopped", (await Service.GetAsync("secretive")).State);
        Assert.Contains("trce: ", Service.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeysThatCannotBeUsed_StopTheStartAndAreNotTold()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        Service.Secrets.Add(new("a key", Convert.FromBase64String(key)));
        await Service.StopAsync();
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.keys");
        await File.WriteAllTextAsync(file, key);

        await FailAsync("KeyFile must be the name of a file", $"--Servers:Encryption:KeyFile={key}");
        await FailAsync("KeyVariable must be the name", $"--Servers:Encryption:KeyVariable={key.TrimEnd('=')}");
        await FailAsync("are both set", "--Servers:Encryption:KeyVariable=KEYS", $"--Servers:Encryption:KeyFile={file}");
        await FailAsync("Servers:Encryption:Keys is not a known key", $"--Servers:Encryption:Keys={key}");
        await FailAsync("The environment variable KEYS, which Servers:Encryption:KeyVariable names, is not set", "--Servers:Encryption:KeyVariable=KEYS");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await FailAsync("is open to other users", $"--Servers:Encryption:KeyFile={file}");
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        await FailAsync("is encrypted under key ", $"--Servers:Encryption:KeyFile={file}");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, key[..40]);
        await FailAsync("has a key of 30 bytes in line 1", $"--Servers:Encryption:KeyFile={file}");

        File.Delete(file);
        await Service.StartAsync();
    }

    private async Task FailAsync(string said, params string[] options)
    {
        var result = await ServiceProcess.FailToStartAsync(Service.DataDirectory, [.. Options, .. options]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Service.Search($"what was said of {said}", result.Output + result.Error);
    }

    private async Task CallAsync(string userData)
    {
        using var client = new TypedClient(Service);
        await client.Servers.GetServerAsync(new GetServerRequest { Name = "secretive" }, client.Call());
        await Assert.ThrowsAsync<RpcException>(async () =>
            await client.Servers.ProvisionServerAsync(new ProvisionServerRequest { Name = "-", UserData = userData }, client.Call()));
    }

    private async Task PostAsync(HttpStatusCode expected, object body)
    {
        using var answer = await Service.Http.PostAsJsonAsync("/api/servers", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{answer.StatusCode}: {text}");
        // What it is told in an error must not come back in one: errors are logged by callers.
        if (expected != HttpStatusCode.OK) Service.Search($"the answer {text}", text);
    }

    private string Remember(string what)
    {
        var text = RandomNumberGenerator.GetHexString(32);
        Service.Secrets.Add(new Secret(what, Encoding.ASCII.GetBytes(text)));
        return text;
    }
}
