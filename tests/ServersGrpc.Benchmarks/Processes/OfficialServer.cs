using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using ServersGrpc.V1;

namespace ServersGrpc.Benchmarks.Processes;

/// <summary>
/// The reference for what the service adds: the packages alone, Grpc.AspNetCore and JSON transcoding, with one method that answers the same
/// prebuilt message. No interceptor, no store. Guarded, it also has what ASP.NET takes to let somebody in and OpenTelemetry to count it, with a
/// scheme and a policy that look at nothing: what is between it and the packages alone is not the service's own to save.
/// </summary>
internal static class OfficialServer
{
    public const string Subcommand = "official";

    public const string Guarded = "guarded";

    // A frame begins with a flag and the length of its message.
    private const int FrameHeader = 5;

    /// <param name="face">As of <see cref="BareServer"/>.</param>
    /// <param name="frameFile">The gRPC frame of the message.</param>
    /// <param name="guarded">Whether callers are authenticated, authorized and counted.</param>
    public static async Task<int> RunAsync(string face, string frameFile, bool guarded)
    {
        var message = Server.Parser.ParseFrom((await File.ReadAllBytesAsync(frameFile)).AsSpan(FrameHeader));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
            .AddFilter("Grpc", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = face == BareServer.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1);
        });
        builder.Services.AddGrpc().AddJsonTranscoding();
        builder.Services.AddSingleton(new FixedService(message));
        if (guarded)
        {
            // AddAuthentication would write keys into the user's home.
            builder.Services.AddSingleton(TimeProvider.System).AddWebEncoders().AddAuthenticationCore(schemes => schemes.DefaultScheme = OpenHandler.Name);
            new AuthenticationBuilder(builder.Services).AddScheme<AuthenticationSchemeOptions, OpenHandler>(OpenHandler.Name, configureOptions: null);
            builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().AddRequirements(new OpenRequirement()).Build());
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddPrometheusExporter());
        }
        await using var app = builder.Build();
        app.MapGrpcService<FixedService>();
        await app.RunAsync();
        return 0;
    }

    private sealed class FixedService(Server message) : ServerService.ServerServiceBase
    {
        private readonly Task<Server> _answer = Task.FromResult(message);

        public override Task<Server> GetServer(GetServerRequest request, ServerCallContext context) => _answer;
    }

    private sealed class OpenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        public const string Name = "Open";

        private static readonly Task<AuthenticateResult> Success =
            Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(new ClaimsIdentity(Name)), Name)));

        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Success;
    }

    private sealed class OpenRequirement : AuthorizationHandler<OpenRequirement>, IAuthorizationRequirement
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OpenRequirement requirement)
        {
            context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
