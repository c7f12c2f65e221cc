using System.Net.Sockets;
using System.Text;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Requests whose bodies are long in coming: what they may is decided by what holds when they are read.</summary>
public sealed class LateBodyTests(ITestOutputHelper output) : ServiceTest(output)
{
    [Theory]
    [InlineData("revoke", "TOKEN_REVOKED")]
    [InlineData("expire", "TOKEN_EXPIRED")]
    public async Task Request_ItsTokenEndsBeforeItsBodyHasCome_IsRefused(string how, string reason)
    {
        await Service.PauseAsync();
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(4);
        var token = await Tokens.CreateAsync(Service, "slow", "operator", how == "expire" ? ["--expires", expires.ToString("O")] : []);
        const string Body = """{"name": "late"}""";
        var address = new Uri(Service.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await SendAsync($"POST /api/servers HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Body.Length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
        // The token was good, and the service reads the body.
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync().WaitAsync(Eventually.Patience));

        if (how == "revoke")
            await Tokens.RevokeAsync(Service, "slow");
        else
            await Task.Delay(expires - TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(50));
        await SendAsync(Body);
        var answer = await reader.ReadToEndAsync().WaitAsync(Eventually.Patience);

        Assert.StartsWith("HTTP/1.1 401", answer.TrimStart(), StringComparison.Ordinal);
        Assert.Contains(reason, answer, StringComparison.Ordinal);
        Assert.Empty(await Service.ListAsync());

        Task SendAsync(string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask();
    }
}
