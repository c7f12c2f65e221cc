using System.Text.Json.Nodes;
using Google.Rpc;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Tokens from their making to their end, while the service runs and streams are open.</summary>
public sealed class TokenLifeTests(ITestOutputHelper output) : ServiceTest(output)
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--version")]
    public async Task Help_StartsNoService(string argument)
    {
        var directory = Directory.CreateTempSubdirectory("servers-help-");
        try
        {
            var told = await ServiceProcess.FailToStartAsync(new Dictionary<string, string> { ["Servers__DataDirectory"] = directory.FullName }, argument);

            Assert.Equal((0, ""), (told.ExitCode, told.Error));
            Assert.NotEqual("", told.Output);
            Assert.Empty(directory.EnumerateFileSystemInfos());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("revoke", "TOKEN_REVOKED")]
    [InlineData("rotate", "TOKEN_REVOKED")]
    [InlineData("expire", "TOKEN_EXPIRED")]
    public async Task Watch_ItsTokenEnds_EndsOnBothFaces(string how, string reason)
    {
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(6).ToString("O");
        var token = await Tokens.CreateAsync(Service, "watcher", "viewer", how == "expire" ? ["--expires", expires] : []);
        using var client = new TypedClient(Service, token);
        using var grpc = client.Servers.WatchServers(new(), client.Call());
        using var http = new HttpClient { BaseAddress = new Uri(Service.Address), Timeout = Eventually.Patience };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var rest = new StreamReader(await http.GetStreamAsync("/api/servers:watch"));
        Assert.True(await grpc.ResponseStream.MoveNext());
        Assert.NotNull(await rest.ReadLineAsync());

        if (how != "expire")
            Assert.Equal(0, (await Tokens.CommandAsync(Service, "token", how, "--name", "watcher")).ExitCode);

        var ended = await Assert.ThrowsAsync<RpcException>(() => grpc.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unauthenticated, ended.StatusCode);
        var last = "";
        while (await rest.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line)
            last = line;
        Assert.Equal(reason, (string)JsonNode.Parse(last)!["error"]!["details"]![0]!["reason"]!);
        var refused = await Assert.ThrowsAsync<RpcException>(() => client.Servers.ListServersAsync(new(), client.Call()).ResponseAsync);
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Theory]
    [InlineData("revoke", "TOKEN_REVOKED")]
    [InlineData("expire", "TOKEN_EXPIRED")]
    public async Task Reflection_ItsTokenEnds_Ends(string how, string reason)
    {
        byte[] listServices = [0x3A, 0x00];
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(4).ToString("O");
        var token = await Tokens.CreateAsync(Service, "curious", "viewer", how == "expire" ? ["--expires", expires] : []);
        using var client = new TypedClient(Service, token);
        using var stream = client.Reflect();
        await stream.RequestStream.WriteAsync(listServices);
        Assert.True(await stream.ResponseStream.MoveNext());

        if (how == "revoke")
            await Tokens.RevokeAsync(Service, "curious");

        var ended = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unauthenticated, ended.StatusCode);
        Assert.Equal(reason, ended.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task Token_MadeBeforeTheFirstStart_LetsInAndSurvivesKills()
    {
        var token = await Tokens.CreateAsync(Service, "ci", "operator", "--scope", "team=a", "--expires", "90d");
        using (var client = new TypedClient(Service, token))
            Assert.Equal("a", (await client.Servers.ProvisionServerAsync(new(), client.Call())).Labels["team"]);

        await Service.KillAsync();
        var offline = await Tokens.CommandAsync(Service, "token", "create", "--name", "offline", "--role", "viewer");
        await Service.StartAsync();

        foreach (var each in (string[])[token, offline.Output.Trim()])
        {
            using var client = new TypedClient(Service, each);
            await client.Servers.ListServersAsync(new(), client.Call());
        }
        await Tokens.RevokeAsync(Service, "ci");
        await Service.KillAsync();
        await Service.StartAsync();
        using var revoked = new TypedClient(Service, token);
        await Assert.ThrowsAsync<RpcException>(() => revoked.Servers.ListServersAsync(new(), revoked.Call()).ResponseAsync);
    }

    [Fact]
    public async Task AdminToken_Replaced_LetsNobodyInAnyMore()
    {
        var first = Service.Token;
        var root = await Tokens.CreateAsync(Service, "root", "admin");
        await Tokens.RevokeAsync(Service, "admin");

        using var client = new FaceClient(Service);
        Assert.Equal(401, (await client.RestAsync("GET", "/api/servers", null, first)).Code);
        Assert.Equal(200, (await client.RestAsync("GET", "/api/servers", null, root)).Code);
        Assert.False(File.Exists(Path.Combine(Service.DataDirectory, "admin.token")));
    }

    [Fact]
    public async Task List_AfterUse_TellsWhenATokenWasLastUsed()
    {
        var token = await Tokens.CreateAsync(Service, "ci", "viewer");
        using var client = new FaceClient(Service);
        await client.RestAsync("GET", "/api/servers", null, token);

        Assert.Matches(@"ci +viewer +all +database +\S+ +- +20\S+ +good", (await Tokens.CommandAsync(Service, "token", "list")).Output);
        await Service.StopAsync();

        Assert.Matches(@"ci +viewer +all +database +\S+ +- +20\S+ +good", (await Tokens.CommandAsync(Service, "token", "list")).Output);
    }
}
