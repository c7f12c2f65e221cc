using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ServersGrpc.Rpc.OpenApi;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the description of the REST face.</summary>
public static class GrpcOpenApiServiceExtensions
{
    /// <summary>Describes every mapped method that has a google.api.http rule. Expects AddGrpc and AddJsonTranscoding.</summary>
    public static IServiceCollection AddGrpcOpenApi(this IServiceCollection services, Action<GrpcOpenApiOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<GrpcOpenApiOptions>()
            .Configure(configureOptions)
            .Validate(
                options => options.Title.Length > 0 && options.Version.Length > 0, "GrpcOpenApiOptions.Title and Version must be set.");
        services.TryAddSingleton<OpenApiFile>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IHostedService, OpenApiFile>(provider => provider.GetRequiredService<OpenApiFile>()));
        return services;
    }
}
