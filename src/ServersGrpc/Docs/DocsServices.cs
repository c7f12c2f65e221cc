using Google.Rpc;
using Microsoft.OpenApi;
using ServersGrpc.Api;
using ServersGrpc.V1;

namespace ServersGrpc.Docs;

/// <summary>
/// The description of the REST face, and a page to try it out. Both need no token: a browser sends none when it opens a page, and they are
/// the same for every installation of a version, so a stranger learns from them nothing that the source does not say.
/// </summary>
internal static class DocsServices
{
    public static IServiceCollection AddDocs(this IServiceCollection services, DocsOptions docs)
    {
        services.AddSingleton(docs);
        return services.AddGrpcOpenApi(options =>
        {
            options.Title = "Servers";
            options.Version = ServiceVersion.Read().Version;
            options.ContractAssemblies.Add(typeof(ServerService).Assembly);
            options.SecurityScheme = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A token of the service. Its log names the file that holds the first one.",
            };
            options.CommonErrors.Add(Code.Unauthenticated, "when there is no token, or it is not valid");
            options.CommonErrors.Add(Code.PermissionDenied, "when the caller's role is too small");
            options.CommonErrors.Add(Code.Unavailable, "when the database can't be reached: try again");
            options.DocumentTransformers.Add(OperatorPaths.AddTo);
            options.DocumentTransformers.Add(ContractDetails.AddTo);
        });
    }

    public static void MapDocs(this IEndpointRouteBuilder endpoints)
    {
        if (!endpoints.ServiceProvider.GetRequiredService<DocsOptions>().Enabled)
            return;
        endpoints.MapGrpcOpenApi().AllowAnonymous();
        endpoints.MapDocsPage();
    }
}
