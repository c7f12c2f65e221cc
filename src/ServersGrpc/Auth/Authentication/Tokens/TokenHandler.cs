using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ServersGrpc.Auth.Authentication.Tokens;

/// <summary>Lets in by a token of the service.</summary>
internal sealed class TokenHandler(
    TokenRegistry tokens, TimeProvider time, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0)
            return WithoutToken();
        if (header.Count > 1)
            return Guess("There are several authorization headers. Send one.");
        if (tokens.Find(AuthorizationHeader.Token(header[0])) is not { } known)
            return Guess("The token is not valid. Send \"authorization: Bearer TOKEN\".");
        var now = time.GetUtcNow();
        if (known.Record.Revoked is not null)
            return AuthenticateResult.Fail(new CredentialException("TOKEN_REVOKED", "The token is revoked.") { Name = known.Record.Name });
        if (!known.IsGood(now))
            return AuthenticateResult.Fail(new CredentialException("TOKEN_EXPIRED", "The token has expired.") { Name = known.Record.Name });
        known.Use(now);
        return known.Success;
    }

    // A certificate that is not handed on comes with a page of another site.
    private AuthenticateResult WithoutToken() => Context.Connection.ClientCertificate is { } certificate
        ? AuthenticateResult.Fail(new CredentialException("CROSS_SITE", "A page of another site can't call by a client certificate. Send a token.")
        {
            Name = certificate.Subject,
        })
        : AuthenticateResult.NoResult();

    private static AuthenticateResult Guess(string message) =>
        AuthenticateResult.Fail(new CredentialException("TOKEN_INVALID", message) { IsGuess = true });
}
