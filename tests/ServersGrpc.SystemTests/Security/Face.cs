namespace ServersGrpc.SystemTests.Security;

/// <summary>By which of its faces the service is called.</summary>
public enum Face
{
    Rest,
    Grpc,
    GrpcWeb,
}
