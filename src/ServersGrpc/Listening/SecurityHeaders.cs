using System.Globalization;

namespace ServersGrpc.Listening;

/// <summary>
/// Tells browsers on every answer to make as little as can be of it: it is data, from nowhere else, for nobody's frame. A page says itself what
/// more it needs. gRPC's own clients are no browsers, and are spared the bytes.
/// </summary>
internal static class SecurityHeaders
{
    private const string NoPage = "default-src 'none'; frame-ancestors 'none'";
    private const string Grpc = "application/grpc";
    private const string GrpcWeb = "application/grpc-web";

    /// <summary>To stand before everything that answers.</summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="hstsMaxAge">For how long browsers are to use nothing but https, once they have; zero says nothing of it.</param>
    public static void UseSecurityHeaders(this IApplicationBuilder app, TimeSpan hstsMaxAge)
    {
        var strictTransport = hstsMaxAge > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"max-age={(long)hstsMaxAge.TotalSeconds}")
            : null;
        app.Use((http, next) =>
        {
            if (!IsGrpc(http.Request.ContentType))
                Add(http.Response.Headers, http.Request.IsHttps ? strictTransport : null);
            return next(http);
        });
    }

    private static void Add(IHeaderDictionary headers, string? strictTransport)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = NoPage;
        headers["Referrer-Policy"] = "no-referrer";
        if (strictTransport is not null)
            headers.StrictTransportSecurity = strictTransport;
    }

    private static bool IsGrpc(string? contentType) => contentType is not null
        && contentType.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase) && !contentType.StartsWith(GrpcWeb, StringComparison.OrdinalIgnoreCase);
}
