using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>What AddGrpc returns, for what builds on it.</summary>
public interface IGrpcServerBuilder
{
    IServiceCollection Services { get; }
}
