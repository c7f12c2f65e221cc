using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Docker;
using ServersGrpc.Tests.Engine.Providers;

namespace ServersGrpc.SystemTests.Docker;

[Collection(DockerCollection.Name)]
public sealed class DockerProviderContractTests : ProviderContractTests, IAsyncLifetime
{
    private readonly string _test = Guid.NewGuid().ToString("N");
    private readonly HashSet<string> _installations = [];
    private readonly DockerDaemon _daemon;
    private readonly EngineLine _line;
    private readonly DockerProviderOptions _options;

    public DockerProviderContractTests(DockerDaemon daemon)
    {
        _daemon = daemon;
        _line = new(daemon.File($"{_test}.sock"), daemon.File("engine.sock"));
        _options = DockerInstallation.Options(daemon);
        _options.Endpoint = $"unix://{_line.Path}";
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _line.Dispose();
        foreach (var installation in _installations)
            await _daemon.RemoveAllAsync(installation);
    }

    protected override IServerProvider NewProvider(string installationId)
    {
        var installation = $"{_test}-{installationId}";
        _installations.Add(installation);
        return new DockerProvider(_options, installation, TimeProvider.System);
    }

    protected override Task BreakAsync()
    {
        _line.Cut();
        return Task.CompletedTask;
    }

    // A container that is stopped does not hear that it shall end. The caller need not wait for that.
    protected override async Task<bool> BeginRemovalAsync(IServerProvider provider, Instance instance)
    {
        _options.StopGrace = TimeSpan.FromMinutes(2);
        await _daemon.DockerAsync("kill", "--signal", "STOP", instance.Id);
        using var enough = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.DestroyAsync(instance, enough.Token));
        return true;
    }
}
