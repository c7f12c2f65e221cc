using Grpc.AspNetCore.Server;
using Microsoft.Extensions.DependencyInjection;

namespace ServersGrpc.Rpc.Server;

internal sealed class GrpcServerBuilder(IServiceCollection services) : IGrpcServerBuilder
{
    public IServiceCollection Services { get; } = services;
}
