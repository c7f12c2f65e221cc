namespace ServersGrpc.Configuration;

/// <summary>The settings of the command line, as the standard configuration takes them.</summary>
internal static class CommandLineSettings
{
    // A switch, which stands alone: the standard configuration would take the next argument for its value.
    private const string DevCertificate = "--dev-certificate";

    // Settings are read once. Watching their files would mean to hear of every write below the working directory, the database's too.
    private const string NoReload = "--hostBuilder:reloadConfigOnChange=false";

    public static string[] Read(IEnumerable<string> args) =>
        [.. args.Select(arg => arg == DevCertificate ? "--Servers:Tls:DevCertificate=true" : arg), NoReload];
}
