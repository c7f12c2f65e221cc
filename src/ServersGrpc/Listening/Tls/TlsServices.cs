using ServersGrpc.Engine.Storage;
using ServersGrpc.Errors;
using ServersGrpc.Listening.OnePort;

namespace ServersGrpc.Listening.Tls;

internal static class TlsServices
{
    /// <summary>Adds what https addresses need, where there are any. Expects the data directory.</summary>
    public static IServiceCollection AddTls(this IServiceCollection services, TlsOptions options)
    {
        if (!options.HasCertificate)
            return services;
        return services
            .AddSingleton(options)
            .AddSingleton(Open)
            .AddSingleton<TlsMetrics>()
            .AddHostedService<TlsWatch>();
    }

    /// <summary>To stand after the metrics' own map: it begins to measure. Warns where keys and tokens will cross a network in the clear.</summary>
    public static void UseTls(this WebApplication app)
    {
        _ = app.Services.GetService<TlsMetrics>();
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            foreach (var text in app.Urls)
                if (ListenAddress.Parse(text) is { IsHttps: false, IsLoopback: false })
                    TlsLog.ClearText(app.Logger, text);
        });
    }

    private static TlsHandshake Open(IServiceProvider root)
    {
        var options = root.GetRequiredService<TlsOptions>();
        var directory = root.GetRequiredService<DataDirectory>();
        if (options.DevCertificate)
            DevCertificate.MakeIfDue(directory, root.GetRequiredService<TimeProvider>().GetUtcNow());
        try
        {
            return new(
                options.DevCertificate
                    ? ServerCertificate.Watch(directory.File(DevCertificate.FileName), directory.File(DevCertificate.KeyFileName))
                    : ServerCertificate.Watch(options.CertificateFile, options.KeyFile),
                options.ClientAuthority.Length > 0 ? ClientAuthority.Watch(options.ClientAuthority) : null);
        }
        catch (TlsFileException e)
        {
            throw new ConfigurationException([$"Servers:Tls: {e.Message}"]);
        }
    }
}
