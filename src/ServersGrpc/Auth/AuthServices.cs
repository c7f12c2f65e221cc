using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Auth.Authentication;
using ServersGrpc.Auth.Authentication.Certificates;
using ServersGrpc.Auth.Authentication.Oidc;
using ServersGrpc.Auth.Authentication.Tokens;
using ServersGrpc.Auth.Authorization;
using ServersGrpc.Auth.RateLimits;
using ServersGrpc.Errors;

namespace ServersGrpc.Auth;

internal static class AuthServices
{
    /// <summary>Adds who may call, what, and how much. Expects the data directory and the store.</summary>
    public static IServiceCollection AddAuth(this IServiceCollection services, AuthOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        // AddAuthentication would add data protection too, which writes keys that nothing here uses into the user's home.
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = Schemes.Token);
        services.AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(Schemes.Token, token => token.ForwardDefaultSelector = http => SchemeOf(http, options))
            .AddScheme<AuthenticationSchemeOptions, CertificateHandler>(Schemes.Certificate, configureOptions: null)
            .AddScheme<JwtBearerOptions, JwtBearerHandler>(Schemes.Oidc, configureOptions: null);
        services.AddAuthorization(Policies.AddTo);
        return services
            .AddSingleton(options)
            .AddSingleton<AccountFactory>()
            .AddSingleton<FailureLimiter>()
            .AddSingleton<AdminToken>()
            .AddSingleton<TokenRegistry>()
            .AddSingleton<CertificateSubjects>()
            .AddSingleton<IConfigureOptions<JwtBearerOptions>, OidcScheme>()
            .AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalHandler>()
            .AddSingleton<AuditTrail>()
            .AddSingleton<AuditInterceptor>()
            .AddSingleton<SessionInterceptor>()
            .AddRateLimits(options)
            .AddHostedService(root => root.GetRequiredService<TokenRegistry>())
            .AddHostedService(root => root.GetRequiredService<AuditTrail>())
            .AddHostedService<TokenUseKeeper>();
    }

    /// <summary>To stand behind routing, so that the method is known, and before everything that reads a request.</summary>
    public static void UseAuth(this IApplicationBuilder app)
    {
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
    }

    /// <summary>
    /// Looks at the credential of a REST request again once its body is read, which may be long in coming. To stand behind what reads it. Over
    /// gRPC the <see cref="SessionInterceptor"/> does so.
    /// </summary>
    public static void UseSessions(this IApplicationBuilder app)
    {
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        app.Use((http, next) => http.FindAccount()?.WhyEnded(time) is { } ended ? http.WriteRpcStatusAsync(ended) : next(http));
    }

    /// <summary>Which scheme a request is for; null: the one for tokens.</summary>
    private static string? SchemeOf(HttpContext http, AuthOptions options)
    {
        if (options.Oidc.IsOn && AuthorizationHeader.HoldsJsonWebToken(http.Request))
            return Schemes.Oidc;
        // A browser shows its certificate whoever's page it is that calls, and a call needs nothing that it would ask us for first.
        return http.Request.Headers.Authorization.Count == 0 && http.Connection.ClientCertificate is not null && !CrossSite.Is(http.Request)
            ? Schemes.Certificate
            : null;
    }
}
