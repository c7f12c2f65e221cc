using System.Net;
using Microsoft.Extensions.Configuration.Memory;
using ServersGrpc.Configuration;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc;

/// <summary>How the process listens, logs and stops.</summary>
internal static class Hosting
{
    // Supervisors kill after ten seconds as a rule; everything has ended before.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    // A gRPC channel is one connection as a rule, and a watch holds a stream for hours. Beyond the limit calls wait in the client, unseen:
    // Kestrel's own 100 is met by a program that watches a hundred times. Kestrel cuts off whoever makes it hold four times as many
    // answers as this.
    private const int MaxStreams = 4096;

    // Beneath every other source, so that any of them can say otherwise.
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        // A line for each request is for debugging.
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        // What keeps the host from starting is told once, in words (Startup).
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
    };

    public static void AddHosting(this WebApplicationBuilder builder, ServersOptions options)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        builder.WebHost.UseOnePort();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        });
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_ => DataDirectory.Open(options.DataDirectory))
            .AddSingleton(root => new Installation(
                root.GetRequiredService<IServerStore>().InstallationId, root.GetRequiredService<DataDirectory>().Path))
            .Configure<HostOptions>(host =>
            {
                host.ShutdownTimeout = ShutdownTimeout;
                // Calls and steps have their time side by side, not one after the other.
                host.ServicesStopConcurrently = true;
            });
    }

    /// <summary>Warns where keys and tokens would cross a network in the clear.</summary>
    public static void WarnOfClearText(this WebApplication app) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        foreach (var address in app.Urls.Select(BindingAddress.Parse).Where(a => a.Scheme == Uri.UriSchemeHttp && !IsLoopback(a.Host)))
            HostingLog.ClearText(app.Logger, address.ToString());
    });

    /// <summary>Logs what failed without anyone looking. Otherwise the runtime passes over it in silence.</summary>
    public static void LogUnobservedFailures(this WebApplication app)
    {
        TaskScheduler.UnobservedTaskException += Log;
        app.Lifetime.ApplicationStopped.Register(() => TaskScheduler.UnobservedTaskException -= Log);

        void Log(object? sender, UnobservedTaskExceptionEventArgs failure) => HostingLog.UnobservedFailure(app.Logger, failure.Exception);
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
