using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests;

/// <summary>A service with two servers that run; the first was asked for by a bare POST.</summary>
public sealed class TwoRunningServers : IAsyncLifetime
{
    private ServiceProcess _service = null!;

    internal ServerView One { get; private set; } = null!;

    internal ServerView Other { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _service = await ServiceProcess.StartAsync(output: null);
        var answer = await Curl.SendAsync(_service, "POST", "/api/servers");
        Assert.Equal(200, answer.Status);
        var pending = ServerView.Parse(answer.Body);
        Assert.Equal("pending", pending.State);
        Assert.Matches("^agent-[a-z0-9]{8}$", pending.Name);

        One = await _service.BecomesAsync(pending.Name, "running");
        Other = await _service.ProvisionRunningAsync("other");
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();
}
