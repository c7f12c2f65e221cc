using Swashbuckle.AspNetCore.SwaggerUI;

namespace ServersGrpc.OpenApi;

/// <summary>Swagger UI at /docs, all of it from this process.</summary>
internal static class DocsPage
{
    // Nothing from elsewhere, nothing inline but styles: whoever gets a word into the page gets no script, and no way out for a token.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapDocsPage(this IEndpointRouteBuilder endpoints)
    {
        // Relative, here and below, so that a path prefix in front of the service survives.
        endpoints.MapGet("/", () => Results.Redirect("docs/index.html")).AllowAnonymous();
        endpoints.MapSwaggerUI("docs", Describe).AllowAnonymous().Add(Protect);
    }

    private static void Describe(SwaggerUIOptions page)
    {
        page.DocumentTitle = "Servers API";
        page.SwaggerEndpoint("../openapi.json", "Servers");
        page.ConfigObject.DefaultModelsExpandDepth = 0;
        page.ConfigObject.DocExpansion = DocExpansion.List;
        page.ConfigObject.DisplayRequestDuration = true;
        // The token is gone with the page.
        page.ConfigObject.PersistAuthorization = false;
    }

    private static void Protect(EndpointBuilder endpoint)
    {
        endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
        var serve = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = http =>
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            return serve(http);
        };
    }
}
