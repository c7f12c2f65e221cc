using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Wire;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Maps the methods of a service class that derives from a generated base class.</summary>
    /// <exception cref="InvalidOperationException">AddGrpc was not called, or the class is no service.</exception>
    public static void MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var root = builder.ServiceProvider;
        var registry = root.GetService<MethodRegistry>()
            ?? throw new InvalidOperationException("Call AddGrpc() on the service collection before mapping services.");
        if (registry.Methods.Count == 0)
            MapFallback(builder);
        var first = registry.Methods.Count;
        ServiceBinder<TService>.Bind(root);
        foreach (var method in registry.Methods.Skip(first))
            MapMethod(builder, method);
    }

    /// <summary>An endpoint that shows in logs and traces by its name.</summary>
    private static void MapMethod(IEndpointRouteBuilder builder, BoundMethod method)
    {
        var face = builder.ServiceProvider.GetRequiredService<GrpcFace>();
        var path = method.Method.FullName;
        builder.ServiceProvider.GetRequiredService<GrpcRoutes>().Add(
            path, new Endpoint(http => face.InvokeAsync(http, method), new EndpointMetadataCollection(method.Metadata[0]), "gRPC - " + path));
    }

    /// <summary>Last of all endpoints, so that those of the application win.</summary>
    private static void MapFallback(IEndpointRouteBuilder builder)
    {
        var dispatcher = builder.ServiceProvider.GetRequiredService<RpcDispatcher>();
        builder.Map("/{**path}", dispatcher.InvokeAsync).WithDisplayName("RPC").Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    }
}
