using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using ServersGrpc.Auth.Limits;

namespace ServersGrpc.Auth.Certificates;

/// <summary>Whom client certificates let in. That one is of the configured authority, and in its time, the handshake has checked.</summary>
internal sealed class CertificateAccounts(AuthOptions options, AccountFactory accounts, TimeProvider time)
{
    private const int MostKnown = 10_000;

    private readonly Dictionary<string, CertificateSubject> _subjects =
        options.Certificates.Values.ToDictionary(subject => subject.CanonicalSubject, StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, Account> _known = new();

    /// <summary>The account that a certificate opens; null where nobody has its subject, or its time is over since the handshake.</summary>
    public Account? Find(X509Certificate2 certificate)
    {
        if (!_subjects.TryGetValue(certificate.SubjectName.Name, out var subject))
            return null;
        if (_known.Count >= MostKnown)
            _known.Clear();
        var account = _known.GetOrAdd(certificate.Thumbprint, _ => accounts.Create(
            $"certificate:{certificate.SubjectName.Name}", subject.Role!.Value, subject.ParsedScope, new DateTimeOffset(certificate.NotAfter)));
        return time.GetUtcNow() < account.Expires ? account : null;
    }
}
