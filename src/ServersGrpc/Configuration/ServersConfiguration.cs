using ServersGrpc.Errors;
using ServersGrpc.Listening.Tls;

namespace ServersGrpc.Configuration;

/// <summary>The section Servers of the standard configuration: appsettings, environment, command line.</summary>
internal static class ServersConfiguration
{
    /// <exception cref="ConfigurationException">Something is wrong; all of it is listed.</exception>
    public static ServersOptions Read(IConfiguration configuration)
    {
        var errors = new List<string>();
        var reader = new OptionsReader(errors);
        var servers = configuration.GetSection("Servers");
        var options = new ServersOptions();
        reader.Read(servers, ["Auth", "Lifecycle", "Storage", "Encryption", "Cors", "Docs", "Metrics", "Providers", "Tls", "Limits"], options, options.Fleet);
        reader.Read(servers.GetSection("Lifecycle"), [], options.Lifecycle);
        reader.Read(servers.GetSection("Storage"), [], options.Storage);
        reader.Read(servers.GetSection("Encryption"), [], options.Storage.Encryption);
        reader.Read(servers.GetSection("Cors"), [], options.Cors);
        reader.Read(servers.GetSection("Docs"), [], options.Docs);
        reader.Read(servers.GetSection("Metrics"), [], options.Metrics);
        var auth = servers.GetSection("Auth");
        reader.Read(auth, ["Tokens", "Certificates", "Oidc"], options.Auth);
        reader.ReadNamed(auth.GetSection("Tokens"), options.Auth.Tokens);
        reader.ReadNamed(auth.GetSection("Certificates"), options.Auth.Certificates);
        reader.Read(auth.GetSection("Oidc"), [], options.Auth.Oidc);
        reader.Read(servers.GetSection("Tls"), [], options.Tls);
        reader.Read(servers.GetSection("Limits"), [], options.Limits, options.Fleet.Request);
        options.Addresses = ListenPlan.Read(configuration, options.Tls, errors);
        errors.AddRange(CertificateErrors(options));
        var providers = servers.GetSection("Providers");
        reader.Read(providers, [.. options.Providers.Keys]);
        foreach (var (name, provider) in options.Providers)
        {
            var section = providers.GetSection(name);
            // Whoever has no account there has no section; only local needs nobody's leave.
            if (name == "local" || section.Exists())
                reader.Read(section, [], provider);
            else
                provider.Enabled = false;
        }
        var enabled = options.Providers.Where(provider => provider.Value.Enabled).Select(provider => provider.Key).ToList();
        if (!enabled.Contains(options.Fleet.DefaultProvider))
        {
            var names = enabled.Count > 0 ? string.Join(", ", enabled) : "none";
            errors.Add($"Servers:DefaultProvider is {options.Fleet.DefaultProvider}, which is not enabled. Enabled: {names}.");
        }
        return errors.Count == 0 ? options : throw new ConfigurationException(errors);
    }

    private static IEnumerable<string> CertificateErrors(ServersOptions options)
    {
        var certificates = options.Auth.Certificates;
        if (certificates.Count > 0 && options.Tls.ClientAuthority.Length == 0)
            yield return "Servers:Auth:Certificates is of no use without Servers:Tls:ClientAuthority, by which client certificates are asked for.";
        foreach (var same in certificates.Where(one => one.Value.IsName).GroupBy(one => one.Value.CanonicalSubject).Where(same => same.Count() > 1))
            yield return $"Servers:Auth:Certificates: {string.Join(" and ", same.Select(one => one.Key))} have the same subject, {same.Key}.";
    }
}
