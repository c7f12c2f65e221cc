using System.Security.Cryptography.X509Certificates;

namespace ServersGrpc.Auth.Authentication.Certificates;

/// <summary>Whom the subjects of client certificates stand for.</summary>
internal sealed class CertificateSubjects(AuthOptions options, AccountFactory accounts)
{
    private readonly Dictionary<string, CertificateSubject> _subjects =
        options.Certificates.Values.ToDictionary(subject => subject.CanonicalSubject, StringComparer.Ordinal);

    /// <summary>The account that a certificate opens, until the certificate ends; null where no subject of the configuration is its.</summary>
    public Account? Find(X509Certificate2 certificate) => _subjects.TryGetValue(certificate.SubjectName.Name, out var subject)
        ? accounts.Create(
            $"certificate:{certificate.SubjectName.Name}", subject.Role!.Value, subject.ParsedScope, new DateTimeOffset(certificate.NotAfter))
        : null;
}
