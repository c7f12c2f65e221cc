using ServersGrpc.Engine.Providers.Cloud;
using ServersGrpc.Engine.Providers.Hetzner;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.Tests.Engine.Providers.Cloud;

namespace ServersGrpc.Tests.Engine.Providers.Hetzner;

public sealed class HetznerProviderContractTests : CloudProviderContractTests
{
    private protected override string CreateRoute => "servers.create";

    private protected override string ListRoute => "servers.list";

    private protected override ICloud NewCloud(string installationId)
    {
        var options = new HetznerOptions
        {
            Token = new FakeCloudSettings().HetznerToken,
            Endpoint = $"{Cloud.Client.HetznerEndpoint}",
            VolumeSize = VolumeSize,
            // This cloud shows at once what it made.
            ConsistencyWindow = TimeSpan.Zero,
        };
        return new HetznerCloud(options, installationId, new CloudClient(new HetznerDialect { PageSize = PageSize }, options, TimeProvider.System));
    }
}
