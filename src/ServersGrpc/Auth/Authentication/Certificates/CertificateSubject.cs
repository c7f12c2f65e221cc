using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ServersGrpc.Auth.Authentication.Certificates;

/// <summary>Who is let in by a client certificate: a section below Servers:Auth:Certificates.</summary>
internal sealed class CertificateSubject : GrantOptions
{
    /// <summary>The whole subject of the certificate, such as "CN=ci, O=Example". Needed.</summary>
    [Required]
    public string Subject { get; set; } = "";

    /// <summary>The subject as certificates tell it, whatever spaces were written.</summary>
    public string CanonicalSubject => new X500DistinguishedName(new X500DistinguishedName(Subject).RawData).Name;

    /// <summary>Whether the subject can be read.</summary>
    public bool IsName
    {
        get
        {
            try
            {
                _ = new X500DistinguishedName(Subject);
                return true;
            }
            catch (CryptographicException)
            {
                return false;
            }
        }
    }

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var result in base.Validate(validationContext))
            yield return result;
        if (Subject.Length > 0 && !IsName)
            yield return new($"Subject \"{Subject}\" is not a distinguished name, such as \"CN=ci, O=Example\".");
    }
}
