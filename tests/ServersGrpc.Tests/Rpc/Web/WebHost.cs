using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Tests.Rpc.Wire;

namespace ServersGrpc.Tests.Rpc.Web;

/// <summary>The shapes, served as gRPC-Web.</summary>
internal static class WebHost
{
    public static Task<GrpcHost> StartAsync(
        HttpProtocols protocols = HttpProtocols.Http1, Action<GrpcServiceOptions>? configure = null, TimeProvider? time = null) =>
        GrpcHost.StartAsync(
            configure,
            services => services.AddSingleton<IStartupFilter, Filter>().AddSingleton(time ?? TimeProvider.System),
            protocols);

    private sealed class Filter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
            next(app);
        };
    }
}
