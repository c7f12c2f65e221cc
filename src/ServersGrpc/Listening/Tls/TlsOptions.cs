using System.ComponentModel.DataAnnotations;

namespace ServersGrpc.Listening.Tls;

/// <summary>How connections are kept private: section Servers:Tls.</summary>
internal sealed class TlsOptions : IValidatableObject
{
    /// <summary>The certificate of https addresses, then the rest of its chain, in PEM. Read again when it changes. Default: none.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The certificate's key, in PEM, not encrypted. Read again when it changes. Default: none.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>
    /// Authorities in PEM, one or several. Where they are given, callers are asked for a certificate: one that an authority has not issued for
    /// clients ends the handshake, none at all does not. What a certificate is good for is not decided here. Read again when it changes.
    /// Default: none, and callers are not asked.
    /// </summary>
    public string ClientAuthority { get; set; } = "";

    /// <summary>Whether to make and use a certificate of this machine alone. Also --dev-certificate. Default: false.</summary>
    public bool DevCertificate { get; set; }

    /// <summary>Whether http addresses may be reached from other machines. Default: false.</summary>
    public bool AllowClearText { get; set; }

    /// <summary>For how long browsers are told to use nothing but https. 0 says nothing. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan HstsMaxAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The same where it is right to say so: of localhost, browsers would take it for every program of the machine.</summary>
    public TimeSpan HstsOfAddresses => DevCertificate ? TimeSpan.Zero : HstsMaxAge;

    /// <summary>Whether there is a certificate to show.</summary>
    public bool HasCertificate => DevCertificate || CertificateFile.Length > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CertificateFile.Length > 0 != KeyFile.Length > 0)
            yield return new("CertificateFile and KeyFile are needed together.");
        if (DevCertificate && CertificateFile.Length > 0)
            yield return new("CertificateFile and DevCertificate (--dev-certificate) exclude each other.");
    }
}
