using ServersGrpc.Engine.Providers.Cloud;
using ServersGrpc.Engine.Providers.DigitalOcean;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.Tests.Engine.Providers.Cloud;

namespace ServersGrpc.Tests.Engine.Providers.DigitalOcean;

public sealed class DigitalOceanProviderContractTests : CloudProviderContractTests
{
    private protected override string CreateRoute => "droplets.create";

    private protected override string ListRoute => "droplets.list";

    private protected override ICloud NewCloud(string installationId)
    {
        var options = new DigitalOceanOptions
        {
            Token = new FakeCloudSettings().DigitalOceanToken,
            Endpoint = $"{Cloud.Client.DigitalOceanEndpoint}",
            VolumeSize = VolumeSize,
            // This cloud shows at once what it made.
            ConsistencyWindow = TimeSpan.Zero,
        };
        return new DigitalOceanCloud(options, installationId, new CloudClient(new DigitalOceanDialect { PageSize = PageSize }, options, TimeProvider.System));
    }
}
