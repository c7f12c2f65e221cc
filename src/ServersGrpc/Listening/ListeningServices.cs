using ServersGrpc.Listening.Answers;
using ServersGrpc.Listening.Cors;
using ServersGrpc.Listening.OnePort;
using ServersGrpc.Listening.Tls;

namespace ServersGrpc.Listening;

internal static class ListeningServices
{
    /// <summary>Adds how connections are taken, and how much of them. Expects Kestrel, the clock and the data directory.</summary>
    public static IServiceCollection AddListening(
        this IServiceCollection services, LimitsOptions limits, TlsOptions tls, CrossOriginOptions cors) => services
        .AddLimits(limits)
        .AddOnePort()
        .AddTls(tls)
        .AddCrossOrigin(cors);

    /// <summary>To stand before everything else: what holds for every request, whoever answers it.</summary>
    public static void UseListening(this IApplicationBuilder app, TlsOptions tls, CrossOriginOptions cors)
    {
        app.UseRequestIds();
        app.UseSecurityHeaders(tls.HstsOfAddresses);
        app.UseBrowserCalls(cors);
        app.UseRequestLimits();
        app.UseAnswerLimits();
    }
}
