using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServersGrpc.Listening.Answers;

namespace ServersGrpc.Listening.OnePort;

internal static class OnePortServices
{
    /// <summary>
    /// Serves HTTP/1.1 and HTTP/2 on every address: on an http address the connection's first bytes tell which, on an https address ALPN does.
    /// Kestrel by itself speaks only HTTP/1.1 on a cleartext address that allows both. Expects Kestrel, the limits and the clock.
    /// </summary>
    public static IServiceCollection AddOnePort(this IServiceCollection services)
    {
        services
            .AddSingleton<IConnectionListenerFactory, SharedPortListenerFactory>()
            .AddSingleton<SharedPortFactory>()
            .AddSingleton<AnswerBudget>()
            .AddSingleton<ConnectionGate>();
        var kestrel = services.Last(service => service.ServiceType == typeof(IServer)).ImplementationType
            ?? throw new InvalidOperationException("ASP.NET adds Kestrel otherwise than as a type, by which the one port makes it.");
        return services.Replace(ServiceDescriptor.Singleton<IServer>(provider =>
            ActivatorUtilities.CreateInstance<OnePortServer>(provider, ActivatorUtilities.CreateInstance(provider, kestrel))));
    }
}
