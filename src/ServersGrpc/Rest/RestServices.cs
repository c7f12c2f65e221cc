namespace ServersGrpc.Rest;

internal static class RestServices
{
    /// <summary>Adds what the documented REST form needs beyond transcoding.</summary>
    public static IServiceCollection AddRest(this IServiceCollection services) => services.AddSingleton<RestAnswerInterceptor>();

    /// <summary>To stand before routing: HEAD is GET wherever that is. The server leaves the body out by itself.</summary>
    public static void UseHeadAsGet(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Request.Method = HttpMethods.Get;
            http.Features.Set(HeadRequest.Instance);
        }
        await next(http);
        if (!http.Response.HasStarted)
            AllowedMethods.Tell(http);
    });

    /// <summary>To stand behind authorization, so that nothing is read of those who may not call.</summary>
    public static void UseRest(this IApplicationBuilder app) => app.UseMiddleware<RestRequestMiddleware>();
}
