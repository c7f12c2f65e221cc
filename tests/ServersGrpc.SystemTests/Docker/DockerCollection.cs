namespace ServersGrpc.SystemTests.Docker;

/// <summary>All tests of the docker provider share one engine, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class DockerCollection : ICollectionFixture<DockerDaemon>
{
    public const string Name = "docker";
}
