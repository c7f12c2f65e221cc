using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Docker;
using ServersGrpc.Tests.Engine.Providers;

namespace ServersGrpc.SystemTests.Docker;

[Collection(DockerCollection.Name)]
public sealed class DockerProviderContractTests(DockerDaemon daemon) : ProviderContractTests, IAsyncLifetime
{
    private readonly string _test = Guid.NewGuid().ToString("N");
    private readonly HashSet<string> _installations = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var installation in _installations)
            await daemon.RemoveAllAsync(installation);
    }

    protected override IServerProvider NewProvider(string installationId)
    {
        var installation = $"{_test}-{installationId}";
        _installations.Add(installation);
        return new DockerProvider(DockerInstallation.Options(daemon), installation, TimeProvider.System);
    }
}
