namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>A port of a container; published where <see cref="PublicPort"/> is not 0.</summary>
internal sealed record ContainerPort(string? IP, int PrivatePort, int PublicPort, string? Type);
