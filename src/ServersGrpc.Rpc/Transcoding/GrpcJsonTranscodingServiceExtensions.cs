using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding;
using ServersGrpc.Rpc.Transcoding.Errors;
using ServersGrpc.Rpc.Transcoding.Json;
using ServersGrpc.Rpc.Transcoding.Responses;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the REST face.</summary>
public static class GrpcJsonTranscodingServiceExtensions
{
    /// <summary>Serves every mapped method that has a google.api.http rule as REST too.</summary>
    public static IGrpcServerBuilder AddJsonTranscoding(
        this IGrpcServerBuilder builder, Action<GrpcJsonTranscodingOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<GrpcJsonTranscodingOptions>()
            .Configure(options => configureOptions?.Invoke(options))
            .Validate(options => options.MaxRequestBodySize > 0, "GrpcJsonTranscodingOptions.MaxRequestBodySize must be above zero.");
        services.TryAddSingleton<MessageTypes>();
        services.TryAddSingleton<JsonMessageReader>();
        services.TryAddSingleton<JsonMessageWriters>();
        services.TryAddSingleton<JsonOutputPool>();
        services.TryAddSingleton<RpcStatusResponder>();
        services.TryAddSingleton<TranscodedRouteFactory>();
        services.TryAddSingleton<TranscodingRouter>();
        services.TryAddSingleton<TranscodingFallback>();
        services.TryAddSingleton(provider => new RpcFallback(provider.GetRequiredService<TranscodingFallback>().AnswerAsync));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, TranscodingStartupFilter>());
        return builder;
    }
}
