using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Auth;

internal static class AuthServices
{
    /// <summary>Adds the check of tokens. Expects the data directory.</summary>
    public static IServiceCollection AddAuth(this IServiceCollection services) => services.AddSingleton(
        root => AdminToken.ReadOrMake(root.GetRequiredService<DataDirectory>(), root.GetRequiredService<ILogger<AdminToken>>()));

    public static void UseAuth(this IApplicationBuilder app) => app.UseMiddleware<TokenAuthentication>();
}
