using Microsoft.Net.Http.Headers;

namespace ServersGrpc.Listening.Cors;

internal static class CrossOriginServices
{
    // The default of browsers is five seconds, which would double the number of requests.
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromMinutes(10);

    // What the service says in headers, beyond those that every page may read.
    private static readonly string[] ReadableHeaders =
    [
        "grpc-status", "grpc-message", "grpc-status-details-bin", "grpc-encoding", "grpc-accept-encoding",
        HeaderNames.Allow, HeaderNames.Link, HeaderNames.RetryAfter, HeaderNames.WWWAuthenticate, RequestIds.Header,
    ];

    /// <summary>
    /// Adds what browsers ask before a page of another origin may call. There are no credentials: a token is sent by the page itself, never
    /// by the browser, and a client certificate counts for no page of another site.
    /// </summary>
    public static IServiceCollection AddCrossOrigin(this IServiceCollection services, CrossOriginOptions options) =>
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.Origins])
            .AllowAnyMethod()
            .AllowAnyHeader()
            .WithExposedHeaders(ReadableHeaders)
            .SetPreflightMaxAge(PreflightMaxAge)));

    /// <summary>
    /// Lets pages call, in the form of gRPC that browsers can send. To stand before everything that answers: a preflight brings no token, and a
    /// page must be able to read a refusal.
    /// </summary>
    public static void UseBrowserCalls(this IApplicationBuilder app, CrossOriginOptions options)
    {
        if (options.Origins.Count > 0)
            app.UseCors();
        app.UseWhen(static http => IsGrpcPath(http.Request.Path), static grpc => grpc.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true }));
    }

    // A REST path takes bodies of any type, and must not be read as gRPC-Web for it. Before routing only the path tells them apart: that of a
    // method is "/PACKAGE.SERVICE/METHOD".
    private static bool IsGrpcPath(PathString path) => path.Value is { Length: > 1 } text && text.IndexOf('/', 1) is > 0 and var end && text.AsSpan(0, end).Contains('.');
}
