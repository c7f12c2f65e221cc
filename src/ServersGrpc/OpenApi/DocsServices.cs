namespace ServersGrpc.OpenApi;

/// <summary>
/// The description of the REST API, and a page to try it out. Both need no token: a browser sends none when it opens a page, and they are
/// the same for every installation of a version, so a stranger learns from them nothing that the source does not say.
/// </summary>
internal static class DocsServices
{
    public static IServiceCollection AddDocs(this IServiceCollection services, DocsOptions docs) => services.AddSingleton(docs);

    public static void MapDocs(this IEndpointRouteBuilder endpoints)
    {
        if (!endpoints.ServiceProvider.GetRequiredService<DocsOptions>().Enabled)
            return;
        endpoints.MapDocument();
        endpoints.MapDocsPage();
    }
}
