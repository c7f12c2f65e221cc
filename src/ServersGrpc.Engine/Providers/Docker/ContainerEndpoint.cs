namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>A container on one network. Its addresses are "" while it does not run.</summary>
internal sealed record ContainerEndpoint(string? IPAddress, string? GlobalIPv6Address);
