namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>A container on its networks, by their names.</summary>
internal sealed record ContainerNetworks(IReadOnlyDictionary<string, ContainerEndpoint?>? Networks);
