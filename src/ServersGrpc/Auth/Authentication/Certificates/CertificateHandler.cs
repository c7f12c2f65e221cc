using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ServersGrpc.Auth.Authentication.Certificates;

/// <summary>
/// Lets in by a client certificate. That it is of the configured authority, meant for clients, and good at the time, the handshake has checked
/// (Listening/Tls). ASP.NET's own handler would check the chain again, without the intermediate certificates that the client sent along, and
/// refuse who depends on these; so only the subject is looked up here.
/// </summary>
internal sealed class CertificateHandler(
    CertificateSubjects subjects, TimeProvider time, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        if (Context.Connection.ClientCertificate is not { } certificate)
            return AuthenticateResult.NoResult();
        return subjects.Find(certificate) is { } account && account.WhyEnded(time) is null
            ? AuthenticateResult.Success(new(account.Principal, Scheme.Name))
            : AuthenticateResult.Fail(new CredentialException(
                "CERTIFICATE_UNKNOWN",
                "The client certificate lets in nobody: Servers:Auth:Certificates does not name its subject, or it has expired.")
            {
                Name = certificate.Subject,
            });
    }
}
