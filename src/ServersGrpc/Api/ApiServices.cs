using System.IO.Compression;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Health.V1;
using Grpc.Reflection;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Auth.Authorization;
using ServersGrpc.Auth.RateLimits;
using ServersGrpc.Errors;
using ServersGrpc.Listening.Answers;
using ServersGrpc.Rest;
using ServersGrpc.V1;

namespace ServersGrpc.Api;

internal static class ApiServices
{
    // What strangers may ask for is short.
    private const int MostOfStrangers = 4096;

    private static readonly FileDescriptor[] DescribedFiles =
    [
        ServersReflection.Descriptor, HealthReflection.Descriptor,
        Grpc.Reflection.V1.ReflectionReflection.Descriptor, Grpc.Reflection.V1Alpha.ReflectionReflection.Descriptor,
        // What errors are made of: clients that know the contract by reflection alone could not read them.
        StatusReflection.Descriptor, ErrorDetailsReflection.Descriptor,
    ];

    /// <summary>Adds the contract, on both faces.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddGrpc(options =>
            {
                // From the outermost to the innermost.
                options.Interceptors.Add<ErrorInterceptor>();
                options.Interceptors.Add<RestAnswerInterceptor>();
                options.Interceptors.Add<AnswerInterceptor>();
                options.Interceptors.Add<SessionInterceptor>();
                options.Interceptors.Add<AuditInterceptor>();
                // Otherwise they would shadow the REST paths: a wrong method there would be a 404.
                options.IgnoreUnknownServices = true;
                options.ResponseCompressionAlgorithm = "gzip";
                options.ResponseCompressionLevel = CompressionLevel.Fastest;
            })
            .AddServiceOptions<HealthService>(options => options.MaxReceiveMessageSize = MostOfStrangers)
            .AddJsonTranscoding(options => options.TypeRegistry = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor));
        var described = SymbolRegistry.FromFiles(DescribedFiles);
        var names = DescribedFiles.SelectMany(file => file.Services).Select(service => service.FullName).ToList();
        services.AddSingleton(new ReflectionServiceImpl(names, described));
        services.AddSingleton(new ReflectionV1ServiceImpl(names, described));
        services.AddGrpcReflection();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
        return services
            .AddSingleton<HealthService>()
            .AddHostedService<HealthPublisher>()
            .AddSingleton<ServersService>();
    }

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<ServersService>().LimitStreams();
        endpoints.MapGrpcReflectionService().RequireAuthorization(Policies.Viewer).LimitStreams();
        // Probes have no token.
        endpoints.MapGrpcService<HealthService>().AllowAnonymous().LimitStreams();
        endpoints.MapOperatorEndpoints();
    }
}
