using Microsoft.Extensions.Configuration.Memory;
using ServersGrpc.Configuration;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Listening;
using ServersGrpc.Listening.Tls;

namespace ServersGrpc;

/// <summary>How the process listens, logs and stops.</summary>
internal static class Hosting
{
    // Supervisors kill after ten seconds as a rule; everything has ended before.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    // A command, or the service before this one, may still be ending.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Beneath every other source, so that any of them can say otherwise.
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        // A line for each request is for debugging.
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        // Each error that a caller is told would be a line.
        ["Logging:LogLevel:Grpc"] = "Warning",
        // What fails is told by the errors' own interceptor; what else it has to say is of messages that callers got wrong.
        ["Logging:LogLevel:Grpc.AspNetCore.Server.ServerCallHandler"] = "None",
        // Each credential that does not let in would be a line; the audit tells of them.
        ["Logging:LogLevel:ServersGrpc.Auth.Authentication.Tokens.TokenHandler"] = "Warning",
        ["Logging:LogLevel:ServersGrpc.Auth.Authentication.Certificates.CertificateHandler"] = "Warning",
        // The store tells of its trouble itself.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
        // What keeps the host from starting is told once, in words (Startup).
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
    };

    /// <summary>Holds the data directory, and adds how to listen, log and stop.</summary>
    public static async Task AddHostingAsync(this WebApplicationBuilder builder, ServersOptions options)
    {
        var directory = await DataDirectory.OpenAsync(options.DataDirectory, Patience);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        // Bind only the addresses that ListenPlan validated.
        builder.WebHost.UseUrls([.. options.Addresses]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddListening(options.Limits, options.Tls, options.Cors)
            .AddSingleton(root => Announced(directory, root.GetRequiredService<ILogger<DataDirectory>>()))
            .AddSingleton(root => new Installation(root.GetRequiredService<ISettingStore>().InstallationId, directory.Path))
            .Configure<HostOptions>(host =>
            {
                host.ShutdownTimeout = ShutdownTimeout;
                // Calls and steps have their time side by side, not one after the other.
                host.ServicesStopConcurrently = true;
            });
    }

    /// <summary>To stand after the metrics' own map.</summary>
    public static void UseHosting(this WebApplication app)
    {
        app.UseTls();
        app.LogUnobservedFailures();
    }

    /// <summary>Logs what failed without anyone looking. Otherwise the runtime passes over it in silence.</summary>
    public static void LogUnobservedFailures(this WebApplication app)
    {
        TaskScheduler.UnobservedTaskException += Log;
        app.Lifetime.ApplicationStopped.Register(() => TaskScheduler.UnobservedTaskException -= Log);

        void Log(object? sender, UnobservedTaskExceptionEventArgs failure) => HostingLog.UnobservedFailure(app.Logger, failure.Exception);
    }

    private static DataDirectory Announced(DataDirectory directory, ILogger logger)
    {
        foreach (var (mended, mode) in directory.Mended)
            HostingLog.WasOpen(logger, mended, mode);
        return directory;
    }
}
