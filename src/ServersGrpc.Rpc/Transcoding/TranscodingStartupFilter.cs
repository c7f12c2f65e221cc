using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace ServersGrpc.Rpc.Transcoding;

/// <summary>
/// Puts REST routing in front of the application's pipeline, so that its middleware sees the endpoint and its metadata, and compiles
/// the routes after the pipeline mapped its services: what is wrong with them fails the start.
/// </summary>
internal sealed class TranscodingStartupFilter(TranscodingRouter router) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, rest) =>
        {
            router.Route(http);
            return rest(http);
        });
        next(app);
        router.Build();
    };
}
