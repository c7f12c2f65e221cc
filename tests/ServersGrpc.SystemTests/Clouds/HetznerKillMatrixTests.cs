using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Clouds;

public sealed class HetznerKillMatrixTests(ITestOutputHelper output)
    : KillMatrixTests("hetznercloud", ["servers.create", "actions.get", "servers.get", "servers.list", "servers.delete", "volumes.list", "primary_ips.list"], output);
