using ServersGrpc.Listening.OnePort;

namespace ServersGrpc.Listening.Tls;

/// <summary>Where the service is to listen, whoever says so in whichever way, and whether what it hands out is safe there.</summary>
internal static class ListenPlan
{
    private const string DefaultHost = "127.0.0.1:8080";

    /// <summary>All addresses. What they, or the settings for them, have wrong is added to the errors.</summary>
    public static IReadOnlyList<string> Read(IConfiguration configuration, TlsOptions tls, List<string> errors)
    {
        foreach (var section in (ReadOnlySpan<string>)["Kestrel:Endpoints", "Kestrel:Certificates"])
            if (configuration.GetSection(section).Exists())
                errors.Add($"{section} is not read: say where to listen by --urls, with the certificate of Servers:Tls:CertificateFile.");
        var texts = Texts(configuration, tls);
        var addresses = new List<ListenAddress>();
        foreach (var text in texts)
        {
            try
            {
                addresses.Add(ListenAddress.Parse(text));
                errors.AddRange(Problems(text, addresses[^1], tls));
            }
            catch (FormatException e)
            {
                errors.Add(e.Message);
            }
        }
        if (addresses.Count == texts.Count && !addresses.Exists(address => address.IsHttps) && (tls.HasCertificate || tls.ClientAuthority.Length > 0))
            errors.Add("Servers:Tls names a certificate or an authority, but no address begins with https://, so that nobody would see it.");
        return texts;
    }

    // The order and the meaning are the host's own.
    private static List<string> Texts(IConfiguration configuration, TlsOptions tls)
    {
        if (Split(configuration[WebHostDefaults.ServerUrlsKey]) is { Count: > 0 } urls)
            return urls;
        List<string> ports =
        [
            .. Split(configuration[WebHostDefaults.HttpPortsKey]).Select(port => $"http://*:{port}"),
            .. Split(configuration[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}"),
        ];
        return ports.Count > 0 ? ports : [$"{(tls.HasCertificate ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{DefaultHost}"];
    }

    private static List<string> Split(string? list) =>
        [.. (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static IEnumerable<string> Problems(string text, ListenAddress address, TlsOptions tls)
    {
        if (!address.IsHttps && !address.IsLoopback && !tls.AllowClearText)
            yield return $"{text} could be reached from other machines without TLS: tokens and keys would cross the network in the clear. "
                + "Use https:// with Servers:Tls:CertificateFile and Servers:Tls:KeyFile. Where something in front of the service does TLS, "
                + "or the network is to be trusted, set Servers:Tls:AllowClearText=true.";
        if (address.IsHttps && !tls.HasCertificate)
            yield return $"{text} needs a certificate: set Servers:Tls:CertificateFile and Servers:Tls:KeyFile (PEM). "
                + "To try it out on this machine, start with --dev-certificate.";
        if (address.IsHttps && !address.IsLoopback && tls.DevCertificate)
            yield return $"{text} could be reached from other machines, which the certificate of --dev-certificate is not for: it names localhost, "
                + "127.0.0.1 and ::1. Set Servers:Tls:CertificateFile and Servers:Tls:KeyFile instead.";
    }
}
