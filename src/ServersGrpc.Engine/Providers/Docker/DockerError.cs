namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>What the engine says of a failure: the body of an answer, or a line of a pull's progress.</summary>
internal sealed record DockerError(string? Message, string? Error);
