using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace ServersGrpc.Rpc.Server;

/// <summary>Puts the routing of gRPC calls in front of the application's pipeline, so that its middleware sees the endpoint.</summary>
internal sealed class GrpcStartupFilter(GrpcRoutes routes) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, rest) =>
        {
            routes.Route(http);
            return rest(http);
        });
        next(app);
    };
}
