using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using ServersGrpc.Engine.Access;
using ServersGrpc.Errors;

namespace ServersGrpc.Auth.Authentication.Oidc;

/// <summary>Lets in by a JSON web token of the configured issuer: how its tokens are checked, and which account one opens.</summary>
internal sealed class OidcScheme(AuthOptions options, AccountFactory accounts, TimeProvider time, ILogger<OidcScheme> logger)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    private const int MostSubject = 255;

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TellInterval = TimeSpan.FromMinutes(1);

    /// <summary>When to come back while the issuer does not answer.</summary>
    private static readonly TimeSpan IssuerRetryDelay = TimeSpan.FromSeconds(5);

    // Nothing symmetric: who knows the issuer's public key must not be able to sign with it.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly OidcOptions _oidc = options.Oidc;
    private readonly OidcRoles _roles = new(options.Oidc.Roles);
    private long _told;

    public void Configure(JwtBearerOptions bearer) => Configure(Options.DefaultName, bearer);

    public void Configure(string? name, JwtBearerOptions bearer)
    {
        if (name != Schemes.Oidc)
            return;
        bearer.MapInboundClaims = false;
        bearer.TimeProvider = time;
        // http is allowed to this machine only, which the options have checked.
        bearer.RequireHttpsMetadata = _oidc.Issuer.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        var issuer = new ConfigurationManager<OpenIdConnectConfiguration>(
            _oidc.Issuer.TrimEnd('/') + "/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(new HttpClient { Timeout = FetchTimeout }) { RequireHttps = bearer.RequireHttpsMetadata })
        {
            RefreshInterval = _oidc.KeyRefreshInterval,
            // Whatever else happens, so that a key that the issuer withdrew is not good for long.
            AutomaticRefreshInterval = BaseConfigurationManager.MinimumAutomaticRefreshInterval,
            UseLastKnownGoodConfiguration = false,
        };
        bearer.ConfigurationManager = issuer;
        bearer.TokenValidationParameters = new()
        {
            ValidIssuer = _oidc.Issuer,
            ValidAudience = _oidc.Audience,
            ValidAlgorithms = Algorithms,
            ClockSkew = _oidc.ClockSkew,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            LifetimeValidator = IsInItsTime,
        };
        bearer.Events = new()
        {
            OnMessageReceived = context =>
            {
                context.Token = AuthorizationHeader.Token(context.Request.Headers.Authorization[0]).ToString();
                return FailWithoutKeysAsync(issuer, context);
            },
            OnTokenValidated = context =>
            {
                Open((JsonWebToken)context.SecurityToken, context);
                return Task.CompletedTask;
            },
            OnAuthenticationFailed = context =>
            {
                context.Fail(Why(context.Exception));
                return Task.CompletedTask;
            },
        };
    }

    // By the clock that everything here goes by. A token that says no beginning may come with the earliest there is.
    private bool IsInItsTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (expires is not { } end || end <= now - parameters.ClockSkew)
            throw new SecurityTokenExpiredException();
        return notBefore is not { } begin || begin <= now + parameters.ClockSkew;
    }

    private void Open(JsonWebToken token, ResultContext<JwtBearerOptions> context)
    {
        // It stands in events and in the log. Cut, it would be another's.
        if (token.Subject is not { Length: > 0 and <= MostSubject } subject || subject.Any(char.IsControl))
        {
            context.Fail(Refused($"The token names no subject of 1 to {MostSubject} characters."));
            return;
        }
        if (_roles.HighestOf(Claims(token, _oidc.RoleClaim)) is not { } role)
        {
            context.Fail(Refused($"The token's claim {_oidc.RoleClaim} names no role."));
            return;
        }
        // Several are one scope: all of them must hold. One that is there and empty is not everything.
        var terms = string.Join(',', Claims(token, _oidc.ScopeClaim));
        if (terms.Length == 0 && token.TryGetPayloadValue<object>(_oidc.ScopeClaim, out _))
        {
            context.Fail(Refused($"The token's claim {_oidc.ScopeClaim} is empty."));
            return;
        }
        try
        {
            var expires = new DateTimeOffset(token.ValidTo, TimeSpan.Zero) + _oidc.ClockSkew;
            context.Principal = accounts.Create($"oidc:{subject}", role, Scope.Parse(terms), expires).Principal;
        }
        catch (FormatException)
        {
            // Less than what was meant would be a surprise, more a hole.
            context.Fail(Refused($"The token's claim {_oidc.ScopeClaim} can't be understood."));
        }
    }

    // Validation itself would take keys that can't be had for keys that are not the token's.
    private async Task FailWithoutKeysAsync(ConfigurationManager<OpenIdConnectConfiguration> issuer, MessageReceivedContext context)
    {
        try
        {
            await issuer.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (InvalidOperationException e)
        {
            context.Fail(Unreachable(e));
        }
    }

    private static CredentialException Why(Exception exception) => exception switch
    {
        SecurityTokenExpiredException => Refused("The token has expired."),
        SecurityTokenInvalidAudienceException => Refused("The token is meant for another audience."),
        SecurityTokenInvalidIssuerException => Refused("The token is another issuer's."),
        _ => Refused("The token is not valid."),
    };

    private static IEnumerable<string> Claims(JsonWebToken token, string type) =>
        token.Claims.Where(claim => claim.Type == type).Select(claim => claim.Value);

    private static CredentialException Refused(string message) => new("TOKEN_INVALID", message) { IsGuess = true };

    // Nobody guessed: what is wrong is not the caller's.
    private CredentialException Unreachable(Exception exception)
    {
        // Once in a while: everyone who calls meets it.
        var now = time.GetUtcNow().UtcTicks;
        var told = Volatile.Read(ref _told);
        if (now - told >= TellInterval.Ticks && Interlocked.CompareExchange(ref _told, now, told) == told)
            AuthLog.IssuerUnreachable(logger, _oidc.Issuer, (exception.InnerException ?? exception).Message);
        var refusal = new CredentialException(
            "ISSUER_UNAVAILABLE", "The token can't be checked now: its issuer does not answer. Try again.", StatusCode.Unavailable)
        {
            IsNoted = false,
        };
        refusal.Status.WithRetry(IssuerRetryDelay);
        return refusal;
    }
}
