using System.Collections.Concurrent;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using ServersGrpc.Auth.Limits;
using ServersGrpc.Auth.Tokens;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth.Oidc;

/// <summary>Checks the JSON web tokens of the configured issuer, by keys that are fetched from it and fetched again when it has new ones.</summary>
internal sealed class OidcTokens : IDisposable
{
    // A signature takes a hundred times as long to check as a hash. Not for long: a key that the issuer withdrew must not live on here.
    private static readonly TimeSpan Trusted = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);
    private const int MostTrusted = 10_000;
    private const int MostSubject = 255;

    // Nothing symmetric: who knows the issuer's public key must not be able to sign with it.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly OidcOptions _options;
    private readonly AccountFactory _accounts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OidcRoles _roles;
    private readonly HttpClient _http = new() { Timeout = FetchTimeout };
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _issuer;
    private readonly ConcurrentDictionary<string, (Account Account, DateTimeOffset Until)> _trusted = new();
    private long _told;

    public OidcTokens(AuthOptions options, AccountFactory accounts, TimeProvider time, ILogger<OidcTokens> logger)
    {
        (_options, _accounts, _time, _logger) = (options.Oidc, accounts, time, logger);
        _roles = new(_options.Roles);
        if (!_options.IsOn)
            return;
        _issuer = new(
            _options.Issuer.TrimEnd('/') + "/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(),
            // http is allowed to this machine only, which the options have checked.
            new HttpDocumentRetriever(_http) { RequireHttps = _options.Issuer.StartsWith("https:", StringComparison.OrdinalIgnoreCase) })
        {
            RefreshInterval = _options.KeyRefreshInterval,
            // Whatever else happens, so that a key that the issuer withdrew is not good for long.
            AutomaticRefreshInterval = BaseConfigurationManager.MinimumAutomaticRefreshInterval,
        };
    }

    /// <summary>Whether it looks like a JSON web token, and there is an issuer to ask.</summary>
    public bool Takes(ReadOnlySpan<char> token) => _options.IsOn && token.StartsWith("ey") && token.Count('.') == 2;

    /// <summary>The account that a token opens, or why it opens none.</summary>
    public async Task<OidcOutcome> FindAsync(string token, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var key = Convert.ToHexString(SecretToken.Hash(token));
        if (_trusted.TryGetValue(key, out var known) && now < known.Until)
            return new(known.Account);
        var result = await ValidateAsync(token, cancellationToken);
        if (result is null)
            return new(null, "The token can't be checked now: its issuer does not answer. Try again.") { IsUnknown = true };
        if (!result.IsValid)
            return new(null, Why(result.Exception));
        var outcome = Open((JsonWebToken)result.SecurityToken);
        if (outcome.Account is { } account)
            Trust(key, account, now);
        return outcome;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Null: there are no keys to check it by.</summary>
    private async Task<TokenValidationResult?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        OpenIdConnectConfiguration configuration;
        try
        {
            configuration = await _issuer!.GetConfigurationAsync(cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            TellUnreachable((e.InnerException ?? e).Message);
            return null;
        }
        var result = await _handler.ValidateTokenAsync(token, Parameters(configuration));
        // A key that the issuer has made since: it is fetched beside, for the tokens that come next.
        if (result.TokenOnFailedValidation is JsonWebToken { Kid.Length: > 0 } refused && configuration.SigningKeys.All(key => key.KeyId != refused.Kid))
            _issuer.RequestRefresh();
        return result;
    }

    private TokenValidationParameters Parameters(OpenIdConnectConfiguration configuration) => new()
    {
        IssuerSigningKeys = configuration.SigningKeys,
        ValidIssuer = _options.Issuer,
        ValidAudience = _options.Audience,
        ValidAlgorithms = Algorithms,
        ClockSkew = _options.ClockSkew,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        IncludeTokenOnFailedValidation = true,
        LifetimeValidator = IsInItsTime,
    };

    // By the clock that everything here goes by.
    private bool IsInItsTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        if (expires is not { } end || end.Add(parameters.ClockSkew) <= now)
            throw new SecurityTokenExpiredException();
        return notBefore is not { } begin || begin.Subtract(parameters.ClockSkew) <= now;
    }

    private OidcOutcome Open(JsonWebToken token)
    {
        // It stands in events and in the log. Cut, it would be another's.
        if (token.Subject is not { Length: > 0 and <= MostSubject } subject || subject.Any(char.IsControl))
            return new(null, $"The token names no subject of 1 to {MostSubject} characters.");
        if (_roles.HighestOf(token.Claims.Where(claim => claim.Type == _options.RoleClaim).Select(claim => claim.Value)) is not { } role)
            return new(null, $"The token's claim {_options.RoleClaim} names no role.");
        try
        {
            // Several are one scope: all of them must hold. One that is there and empty is not everything.
            var terms = string.Join(',', token.Claims.Where(claim => claim.Type == _options.ScopeClaim).Select(claim => claim.Value));
            if (terms.Length == 0 && token.TryGetPayloadValue<object>(_options.ScopeClaim, out _))
                return new(null, $"The token's claim {_options.ScopeClaim} is empty.");
            return new(_accounts.Create($"oidc:{subject}", role, Scope.Parse(terms), new DateTimeOffset(token.ValidTo, TimeSpan.Zero) + _options.ClockSkew));
        }
        catch (FormatException)
        {
            // Less than what was meant would be a surprise, more a hole.
            return new(null, $"The token's claim {_options.ScopeClaim} can't be understood.");
        }
    }

    private void Trust(string key, Account account, DateTimeOffset now)
    {
        if (_trusted.Count >= MostTrusted)
            _trusted.Clear();
        var until = now + Trusted;
        _trusted[key] = (account, account.Expires < until ? account.Expires.Value : until);
    }

    // Once in a while: everyone who calls meets it.
    private void TellUnreachable(string reason)
    {
        var now = _time.GetUtcNow().UtcTicks;
        var told = Volatile.Read(ref _told);
        if (now - told >= Trusted.Ticks && Interlocked.CompareExchange(ref _told, now, told) == told)
            AuthLog.IssuerUnreachable(_logger, _options.Issuer, reason);
    }

    private static string Why(Exception exception) => exception switch
    {
        SecurityTokenExpiredException => "The token has expired.",
        SecurityTokenInvalidAudienceException => "The token is meant for another audience.",
        SecurityTokenInvalidIssuerException => "The token is another issuer's.",
        _ => "The token is not valid.",
    };
}
