namespace Grpc.AspNetCore.Web;

/// <summary>Options of gRPC-Web.</summary>
public class GrpcWebOptions
{
    /// <summary>Whether gRPC-Web calls of all services are served. Default: no.</summary>
    public bool DefaultEnabled { get; set; }
}
