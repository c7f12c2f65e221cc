using Microsoft.Extensions.DependencyInjection.Extensions;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Auth.Certificates;
using ServersGrpc.Auth.Limits;
using ServersGrpc.Auth.Oidc;
using ServersGrpc.Auth.Tokens;

namespace ServersGrpc.Auth;

internal static class AuthServices
{
    /// <summary>Adds the check of who calls and what that one may. Expects the data directory and the store.</summary>
    public static IServiceCollection AddAuth(this IServiceCollection services, AuthOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(options)
            .AddSingleton<AccountFactory>()
            .AddSingleton<FailureLimiter>()
            .AddSingleton<AdminToken>()
            .AddSingleton<TokenBook>()
            .AddSingleton<OidcTokens>()
            .AddSingleton<CertificateAccounts>()
            .AddSingleton<AuditTrail>()
            .AddSingleton<AccessInterceptor>()
            .AddHostedService(root => root.GetRequiredService<TokenBook>())
            .AddHostedService(root => root.GetRequiredService<AuditTrail>())
            .AddHostedService<TokenUseKeeper>();
    }

    public static void UseAuth(this IApplicationBuilder app) => app.UseMiddleware<Authentication>();
}
