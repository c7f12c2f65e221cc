using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Clouds;

public sealed class DigitalOceanKillMatrixTests(ITestOutputHelper output)
    : KillMatrixTests("digitalocean", ["droplets.create", "actions.get", "droplets.get", "droplets.list", "droplets.delete", "volumes.list"], output);
