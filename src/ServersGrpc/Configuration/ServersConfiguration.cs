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
        reader.Read(servers, ["Lifecycle", "Storage", "Cors", "Docs", "Metrics", "Providers"], options, options.Fleet);
        reader.Read(servers.GetSection("Lifecycle"), [], options.Lifecycle);
        reader.Read(servers.GetSection("Storage"), [], options.Storage);
        reader.Read(servers.GetSection("Cors"), [], options.Cors);
        reader.Read(servers.GetSection("Docs"), [], options.Docs);
        reader.Read(servers.GetSection("Metrics"), [], options.Metrics);
        reader.Read(servers.GetSection("Providers"), ["local", "docker"]);
        reader.Read(servers.GetSection("Providers:local"), [], options.Local);
        if (servers.GetSection("Providers:docker") is var docker && docker.Exists())
            reader.Read(docker, [], options.Docker = new());
        var enabled = new List<string>();
        if (options.Local.Enabled)
            enabled.Add("local");
        if (options.Docker is { Enabled: true })
            enabled.Add("docker");
        if (!enabled.Contains(options.Fleet.DefaultProvider))
            errors.Add($"Servers:DefaultProvider is {options.Fleet.DefaultProvider}, which is not enabled. Enabled: {(enabled.Count > 0 ? string.Join(", ", enabled) : "none")}.");
        return errors.Count == 0 ? options : throw new ConfigurationException(errors);
    }
}
