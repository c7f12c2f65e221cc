using System.Net.Sockets;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>More connections than there may be, whatever they speak. Those that are there go on; others are closed until there is room.</summary>
[Collection("Hostile")]
public class ConnectionLimitTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const int MaxConnections = 12;

    protected override string[] Options =>
        [$"--Servers:Limits:MaxConnections={MaxConnections}", "--dev-certificate", "--urls=http://127.0.0.1:0;https://127.0.0.1:0"];

    private string Secure => "https://" + Service.Log.Split("listening on: https://")[1].Split('\n')[0].Trim();

    [Fact]
    public async Task Connections_OverTheLimit_AreClosedUntilThereIsRoom()
    {
        await Eventually.BeAsync(() => Service.Log.Contains("listening on: https://", StringComparison.Ordinal), "it listens on both");
        var trusted = Path.Combine(Service.DataDirectory, "dev-certificate.pem");
        using var early = new HttpClient();
        Assert.Equal("OK", await early.GetStringAsync($"{Service.Address}/healthz"));
        var held = new List<IDisposable>();
        for (var i = 1; i < MaxConnections; i++)
            held.Add(await OpenAsync(i));

        // HTTP/1.1, HTTP/2, TLS, and what has not said anything: none of them any more.
        for (var i = 0; i < 5; i++)
        {
            try
            {
                using var surplus = await RawConnection.OpenAsync(Service);
                await surplus.Ended.WaitAsync(Eventually.Patience);
                Assert.Equal("", surplus.Text);
            }
            catch (SocketException e)
            {
                // Closed before it was told that it had been opened.
                Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
            }
        }
        Assert.Equal(0, (await Curl.SendAsync("--cacert", trusted, $"{Secure}/healthz")).Status);
        Assert.Equal("OK", await early.GetStringAsync($"{Service.Address}/healthz"));
        Assert.Contains("there are 12 already (MaxConnections)", Service.Log, StringComparison.Ordinal);

        held.ForEach(connection => connection.Dispose());
        await Eventually.SeeAsync(() => Curl.SendAsync("--cacert", trusted, $"{Secure}/healthz"), answer => answer.Status == 200, "there is room again");
        Assert.Equal(200, (await Curl.SendAsync($"{Service.Address}/healthz")).Status);
        // Nothing was counted twice, or not given back.
        for (var i = 1; i < MaxConnections; i++)
            held[i - 1] = await OpenAsync(i);
        Assert.Equal("OK", await early.GetStringAsync($"{Service.Address}/healthz"));
        held.ForEach(connection => connection.Dispose());
    }

    /// <summary>Connections of all kinds in turn.</summary>
    private async Task<IDisposable> OpenAsync(int kind)
    {
        switch (kind % 3)
        {
            case 0:
                var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", new Uri(Secure).Port);
                return client;
            case 1:
                return await RawConnection.OpenAsync(Service);
            default:
                var connection = await RawConnection.OpenHttp2Async(Service);
                await connection.PingAsync();
                return connection;
        }
    }
}
