using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Rpc.OpenApi;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the description of the REST face.</summary>
public static class GrpcOpenApiEndpointRouteBuilderExtensions
{
    /// <summary>Serves an OpenAPI 3.1 document, as JSON. It is written at the end of the start; what is wrong with it fails the start.</summary>
    /// <exception cref="InvalidOperationException">AddGrpcOpenApi was not called.</exception>
    public static IEndpointConventionBuilder MapGrpcOpenApi(this IEndpointRouteBuilder builder, string pattern = "/openapi.json")
    {
        ArgumentNullException.ThrowIfNull(builder);
        var file = builder.ServiceProvider.GetRequiredService<OpenApiFile>();
        file.IsServed = true;
        return builder.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], file.ServeAsync).WithDisplayName("OpenAPI");
    }
}
