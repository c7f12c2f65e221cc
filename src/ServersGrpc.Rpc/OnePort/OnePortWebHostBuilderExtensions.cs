using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServersGrpc.Rpc.OnePort;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Entry point of one-port listening.</summary>
public static class OnePortWebHostBuilderExtensions
{
    /// <summary>
    /// Serves HTTP/1.1 and HTTP/2 on every configured address (<c>urls</c>; <c>http://127.0.0.1:8080</c> where none is): on an http
    /// address the connection's first bytes tell which, on an https address ALPN does. Call it after Kestrel was added.
    /// </summary>
    /// <param name="builder">The host, with Kestrel.</param>
    /// <param name="configure">Limits of connections.</param>
    /// <exception cref="InvalidOperationException">No server was added yet.</exception>
    public static IWebHostBuilder UseOnePort(this IWebHostBuilder builder, Action<OnePortOptions>? configure = null) =>
        builder.ConfigureServices(services =>
        {
            services.TryAddSingleton(TimeProvider.System);
            services.AddOptions<OnePortOptions>()
                .Configure(options => configure?.Invoke(options))
                .Validate(options => options.DecisionTimeout > TimeSpan.Zero, "OnePortOptions.DecisionTimeout must be above zero.")
                .Validate(options => options.MaxUndecidedConnections > 0, "OnePortOptions.MaxUndecidedConnections must be at least 1.")
                .Validate(options => options.MaxConnections is null or > 0, "OnePortOptions.MaxConnections must be at least 1.")
                .Validate(
                    options => options.MaxUnreadAnswersPerConnection > 0 && options.MaxUnreadAnswers >= options.MaxUnreadAnswersPerConnection,
                    "OnePortOptions.MaxUnreadAnswersPerConnection must be at least 1, MaxUnreadAnswers at least as much.");
            services.AddSingleton<IConnectionListenerFactory, SharedPortListenerFactory>();
            services.AddSingleton<SharedPortFactory>();
            services.AddSingleton<AnswerBudget>();
            services.AddSingleton<ConnectionGate>();

            var kestrel = services.LastOrDefault(service => service.ServiceType == typeof(IServer))?.ImplementationType
                ?? throw new InvalidOperationException("Call UseOnePort after UseKestrel: there is no server yet.");
            services.Replace(ServiceDescriptor.Singleton<IServer>(provider =>
                ActivatorUtilities.CreateInstance<OnePortServer>(provider, ActivatorUtilities.CreateInstance(provider, kestrel))));
        });
}
