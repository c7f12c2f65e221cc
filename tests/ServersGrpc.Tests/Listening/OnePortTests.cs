using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServersGrpc.Tests.Listening;

public sealed class OnePortTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("1.1", "HTTP/1.1")]
    [InlineData("2.0", "HTTP/2")]
    public async Task Get_EitherProtocol_IsAnsweredOnTheSamePort(string version, string answered)
    {
        await using var host = await OnePortHost.StartAsync();

        Assert.Equal(answered, await GetAsync(host.Url, version));
    }

    [Fact]
    public async Task Get_ManyConnectionsOfBothProtocols_AllAreAnswered()
    {
        await using var host = await OnePortHost.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => GetAsync(host.Url, i % 2 == 0 ? "1.1" : "2.0")));

        Assert.Equal(50, answers.Count(answer => answer == "HTTP/1.1"));
        Assert.Equal(50, answers.Count(answer => answer == "HTTP/2"));
    }

    [Fact]
    public async Task Http2_PrefaceByteByByte_IsRecognized()
    {
        await using var host = await OnePortHost.StartAsync();
        using var client = await host.ConnectAsync();
        client.NoDelay = true;
        byte[] prefaceAndEmptySettings = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

        foreach (var one in prefaceAndEmptySettings)
            await client.GetStream().WriteAsync(new[] { one });

        var header = new byte[9];
        await client.GetStream().ReadExactlyAsync(header).AsTask().WaitAsync(Patience);
        Assert.Equal(4, header[3]); // The type of the server's first frame: SETTINGS.
    }

    [Fact]
    public async Task Http1_RequestThatBeginsLikeThePreface_IsHttp1()
    {
        await using var host = await OnePortHost.StartAsync();
        using var client = await host.ConnectAsync();

        await client.GetStream().WriteAsync("PRI"u8.ToArray());
        await client.GetStream().WriteAsync("NT /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());

        Assert.Contains("HTTP/1.1 200 OK", await OnePortHost.ReadToEndAsync(client));
    }

    [Fact]
    public async Task Connection_Garbage_IsAnsweredAsBadHttp1()
    {
        await using var host = await OnePortHost.StartAsync();
        using var client = await host.ConnectAsync();

        await client.GetStream().WriteAsync(new byte[] { 0x16, 0x03, 0x01, 0x0d, 0x0a, 0x0d, 0x0a });

        Assert.StartsWith("HTTP/1.1 400 Bad Request", await OnePortHost.ReadToEndAsync(client));
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRI * HTTP")]
    public async Task Connection_SilentBeforeItsProtocolShows_IsClosedAfterTheTimeout(string sent)
    {
        await using var host = await OnePortHost.StartAsync(configure: options => options.ProtocolTimeout = TimeSpan.FromMilliseconds(200));
        using var client = await host.ConnectAsync();

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(sent));

        Assert.Equal("", await OnePortHost.ReadToEndAsync(client));
        Assert.Equal("HTTP/1.1", await GetAsync(host.Url, "1.1"));
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Connections_MoreThanTheCapSilent_TheOldestAreClosedAndTheNewestServed()
    {
        await using var host = await OnePortHost.StartAsync(configure: options => options.MaxUndecidedConnections = 1);
        using var first = await host.ConnectAsync();
        using var second = await host.ConnectAsync();

        Assert.Equal("", await OnePortHost.ReadToEndAsync(first));
        using var third = await host.ConnectAsync();
        Assert.Equal("", await OnePortHost.ReadToEndAsync(second));

        Assert.Contains("MaxUndecidedConnections", Assert.Single(host.Logs.At(LogLevel.Warning)));
        await third.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.Contains("200 OK", await OnePortHost.ReadToEndAsync(third));
        Assert.Equal("HTTP/2", await GetAsync(host.Url, "2.0"));
    }

    [Fact]
    public async Task Stop_UndecidedConnection_IsClosedAndDoesNotDelay()
    {
        await using var host = await OnePortHost.StartAsync();
        using var client = await host.ConnectAsync();
        await client.GetStream().WriteAsync("PRI"u8.ToArray());

        await host.App.StopAsync().WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Equal("", await OnePortHost.ReadToEndAsync(client));
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Stop_RequestInFlight_IsFinished(string version)
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var host = await OnePortHost.StartAsync(answer: async context =>
        {
            arrived.SetResult();
            await release.Task;
            await context.Response.WriteAsync("finished");
        });
        var url = host.Url;

        var request = GetAsync(url, version);
        await arrived.Task.WaitAsync(Patience);
        var stop = host.App.StopAsync();
        await RefusedAsync(url);
        release.SetResult();

        Assert.Equal("finished", await request.WaitAsync(Patience));
        await stop.WaitAsync(Patience);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Restart_SamePort_CanBeBoundAgainAtOnce()
    {
        var first = await OnePortHost.StartAsync();
        var url = first.Url.GetLeftPart(UriPartial.Authority);
        await GetAsync(first.Url, "2.0");
        await first.DisposeAsync();

        await using var second = await OnePortHost.StartAsync(url);

        Assert.Equal("HTTP/2", await GetAsync(second.Url, "2.0"));
    }

    private static async Task<string> GetAsync(Uri url, string version)
    {
        using var client = new HttpClient { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Get, url)
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Waits until nobody listens any more.</summary>
    private static async Task RefusedAsync(Uri url)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(url.Host, url.Port, limit.Token);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}
