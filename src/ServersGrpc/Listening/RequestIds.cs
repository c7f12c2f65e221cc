namespace ServersGrpc.Listening;

/// <summary>Names every request in its answer, so that it can be found in the events and the log.</summary>
internal static class RequestIds
{
    public const string Header = "x-request-id";

    private const int MostCharacters = 128;

    /// <summary>To stand before everything that answers. The caller's own name is taken where it is printable and not too long.</summary>
    public static void UseRequestIds(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.Request.Headers[Header] is [{ Length: > 0 and <= MostCharacters } own] && own.All(static c => c is >= ' ' and <= '~'))
            http.TraceIdentifier = own;
        http.Response.Headers[Header] = http.TraceIdentifier;
        return next(http);
    });
}
