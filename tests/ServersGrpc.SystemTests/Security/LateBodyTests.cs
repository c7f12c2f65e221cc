using System.Net.Sockets;
using System.Text;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Requests whose bodies are long in coming: what they may is decided by what holds when they are read.</summary>
public sealed class LateBodyTests(ITestOutputHelper output) : ServiceTest(output)
{
    [Theory]
    [InlineData("revoke", "TOKEN_REVOKED", "POST", "/api/servers")]
    [InlineData("expire", "TOKEN_EXPIRED", "POST", "/api/servers")]
    [InlineData("revoke", "TOKEN_REVOKED", "POST", "/api/resume")]
    [InlineData("expire", "TOKEN_EXPIRED", "POST", "/api/resume")]
    [InlineData("revoke", "TOKEN_REVOKED", "GET", "/varz")]
    [InlineData("revoke", "TOKEN_REVOKED", "GET", "/metrics")]
    public async Task Request_ItsTokenEndsBeforeItsBodyHasCome_IsRefused(string how, string reason, string method, string path)
    {
        await Service.PauseAsync();
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(4);
        var token = await Tokens.CreateAsync(Service, "slow", "admin", how == "expire" ? ["--expires", expires.ToString("O")] : []);
        var body = path == "/api/servers" ? """{"name": "late"}""" : "{}";
        var address = new Uri(Service.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await SendAsync($"{method} {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
        // The token was good, and the service reads the body.
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync().WaitAsync(Eventually.Patience));

        if (how == "revoke")
            await Tokens.RevokeAsync(Service, "slow");
        else
            await Task.Delay(expires - TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(50));
        await SendAsync(body);
        var answer = await reader.ReadToEndAsync().WaitAsync(Eventually.Patience);

        Assert.StartsWith("HTTP/1.1 401", answer.TrimStart(), StringComparison.Ordinal);
        Assert.Contains(reason, answer, StringComparison.Ordinal);
        Assert.Empty(await Service.ListAsync());
        Assert.Contains("\"paused\":true", (await Curl.SendAsync(Service, "GET", "/varz")).Body, StringComparison.Ordinal);

        Task SendAsync(string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask();
    }
}
