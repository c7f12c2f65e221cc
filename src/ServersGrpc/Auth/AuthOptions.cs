using System.ComponentModel.DataAnnotations;
using ServersGrpc.Auth.Authentication.Certificates;
using ServersGrpc.Auth.Authentication.Oidc;
using ServersGrpc.Auth.Authentication.Tokens;

namespace ServersGrpc.Auth;

/// <summary>Who may call, and how much: section Servers:Auth.</summary>
internal sealed class AuthOptions
{
    /// <summary>How many requests a second a caller may make, with as many at once after a pause; 0 to 1,000,000. Default: 0, no limit.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; }

    /// <summary>How many watches a caller may have open at once, 1 to 1,000,000. Default: 4,096.</summary>
    [Range(1, 1_000_000)]
    public int MaxWatches { get; set; } = 4096;

    /// <summary>How many servers that are not stopped a caller may have asked for, 0 to 1,000,000. Default: 0, as many as Servers:MaxServers.</summary>
    [Range(0, 1_000_000)]
    public int MaxServers { get; set; }

    /// <summary>How many refused credentials of an address are answered at once, 0 to 1,000,000. Forgotten after ten minutes without one. Default: 20.</summary>
    [Range(0, 1_000_000)]
    public int FreeFailures { get; set; } = 20;

    /// <summary>By how much later each further one is answered, 0 to 1 minute; 0: none is held back. Default: 25 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan FailureDelay { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How late at most, 0 to 1 minute. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan MaxFailureDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// For how long what a caller does again and again with the same server, to read its secrets or be refused, is one event, 1 second to 1 day.
    /// Default: 1 hour.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AuditInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Tokens that are known by their hashes, by name: subsections of Servers:Auth:Tokens.</summary>
    public Dictionary<string, ConfiguredToken> Tokens { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whose certificates let in whom: subsections of Servers:Auth:Certificates.</summary>
    public Dictionary<string, CertificateSubject> Certificates { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>An issuer of JSON web tokens: section Servers:Auth:Oidc.</summary>
    public OidcOptions Oidc { get; } = new();
}
