namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>The labels by which containers are known again.</summary>
internal static class DockerLabels
{
    public const string Installation = "servers-grpc.installation";
    public const string Uid = "servers-grpc.uid";
    public const string Name = "servers-grpc.name";

    /// <summary>The loopback address of a container on the engine's own network.</summary>
    public const string Address = "servers-grpc.address";
}
