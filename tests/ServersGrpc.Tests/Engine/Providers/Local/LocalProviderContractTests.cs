using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Providers.Local;

public sealed class LocalProviderContractTests : ProviderContractTests, IDisposable
{
    private readonly LocalMachine _machine = new();

    protected override IServerProvider NewProvider(string installationId) => _machine.NewProvider(installationId);

    public void Dispose() => _machine.Dispose();
}
