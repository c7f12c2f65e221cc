using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServersGrpc.Rpc.Server;

/// <summary>
/// Knows where the instance that serves a call comes from: the one singleton, the call's scope, or, where the type is not
/// registered, a new one that is disposed with the response. Asked once a type, so that a call with singletons needs no scope.
/// </summary>
internal sealed class InstanceSources(IServiceCollection registered)
{
    public Func<HttpContext, T> For<T>(Type type, IServiceProvider root, params object[] arguments)
        where T : class
    {
        var descriptor = registered.LastOrDefault(service => service.ServiceType == type && !service.IsKeyedService);
        switch (descriptor?.Lifetime)
        {
            case ServiceLifetime.Singleton:
                // Not before the first call: services are mapped before the application starts.
                var singleton = new Lazy<T>(() => (T)root.GetRequiredService(type));
                return _ => singleton.Value;
            case not null:
                return http => (T)http.RequestServices.GetRequiredService(type);
            default:
                var factory = ActivatorUtilities.CreateFactory(type, [.. arguments.Select(argument => argument.GetType())]);
                return http => Create<T>(factory, arguments, http);
        }
    }

    private static T Create<T>(ObjectFactory factory, object[] arguments, HttpContext http)
    {
        var instance = (T)factory(http.RequestServices, arguments);
        if (instance is IAsyncDisposable asyncDisposable)
            http.Response.RegisterForDisposeAsync(asyncDisposable);
        else if (instance is IDisposable disposable)
            http.Response.RegisterForDispose(disposable);
        return instance;
    }
}
