using System.Text.Json.Nodes;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.Tests.Auth.Authentication.Oidc;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Callers with JSON web tokens of an issuer beside the service.</summary>
public sealed class OidcTests(ITestOutputHelper output) : IAsyncLifetime
{
    private SmallIssuer _issuer = null!;
    private ServiceProcess _service = null!;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async Task InitializeAsync()
    {
        _issuer = await SmallIssuer.StartAsync();
        _service = await ServiceProcess.StartAsync(
            output, $"--Servers:Auth:Oidc:Issuer={_issuer.Address}", "--Servers:Auth:Oidc:Audience=servers", "--Servers:Auth:Oidc:KeyRefreshInterval=00:00:01");
        await _service.PauseAsync();
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Token_OfTheIssuer_LetsInWithItsRoleAndScopeOnEveryFace()
    {
        using var client = new FaceClient(_service);
        var token = _issuer.Sign(Now, new() { ["servers_scope"] = "team=a" });

        var made = await client.RestAsync("POST", "/api/servers", null, token);
        Assert.Equal("a", (string)JsonNode.Parse(made.Body)!["labels"]!["team"]!);
        Assert.Equal(0, (await client.GrpcAsync("/servers.v1.ServerService/ListServers", new V1.ListServersRequest(), token)).Code);
        Assert.Equal(0, (await client.GrpcWebAsync("/servers.v1.ServerService/ListServers", new V1.ListServersRequest(), token)).Code);
        Assert.Equal(403, (await client.RestAsync("POST", "/api/pause", null, token)).Code);
        Assert.Equal(204, (await client.RestAsync("POST", "/api/pause", null, _issuer.Sign(Now, new() { ["roles"] = "admin" }))).Code);
        Assert.Equal(401, (await client.RestAsync("GET", "/api/servers", null, _issuer.Sign(Now, new() { ["aud"] = "others" }))).Code);
        Assert.Equal(401, (await client.RestAsync("GET", "/api/servers", null, _issuer.Sign(Now - TimeSpan.FromHours(2)))).Code);
        // Tokens of the service's own go on beside them.
        await _service.ListAsync();
    }

    [Fact]
    public async Task Watch_ItsTokenExpires_Ends()
    {
        using var client = new TypedClient(_service, _issuer.Sign(Now - TimeSpan.FromSeconds(27), new() { ["exp"] = (Now - TimeSpan.FromSeconds(27)).ToUnixTimeSeconds() }));
        using var watch = client.Servers.WatchServers(new(), client.Call());

        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext())
            {
            }
        });

        Assert.Equal(StatusCode.Unauthenticated, ended.StatusCode);
    }

    [Fact]
    public async Task Issuer_HasNewKeys_AreTakenUp()
    {
        using var client = new FaceClient(_service);
        Assert.Equal(200, (await client.RestAsync("GET", "/api/servers", null, _issuer.Sign(Now))).Code);

        _issuer.AddKey();

        var token = _issuer.Sign(Now);
        await Eventually.SeeAsync(async () => (await client.RestAsync("GET", "/api/servers", null, token)).Code, code => code == 200, "the new key is known");
    }
}
