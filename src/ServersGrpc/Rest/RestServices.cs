namespace ServersGrpc.Rest;

internal static class RestServices
{
    /// <summary>Adds what the documented REST form needs beyond transcoding.</summary>
    public static IServiceCollection AddRest(this IServiceCollection services) => services.AddSingleton<RestAnswerInterceptor>();

    /// <summary>Takes HEAD for GET wherever that is. The server leaves the body out by itself. To stand before routing.</summary>
    public static void UseHead(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Request.Method = HttpMethods.Get;
            http.Features.Set(HeadRequest.Instance);
        }
        return next(http);
    });

    /// <summary>To stand behind authorization, so that nothing is read of those who may not call.</summary>
    public static void UseRest(this IApplicationBuilder app)
    {
        app.UseMiddleware<AllowedMethodsMiddleware>();
        app.UseMiddleware<RestRequestMiddleware>();
    }
}
