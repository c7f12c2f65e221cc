using System.Threading.RateLimiting;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.RateLimiting;
using ServersGrpc.Errors;

namespace ServersGrpc.Auth.RateLimits;

/// <summary>How much one caller may take: requests a second, and streams at once.</summary>
internal static class RateLimits
{
    /// <summary>The policy of endpoints whose answers are streams.</summary>
    private const string Streams = nameof(Streams);

    // Watches of health: a few of each load balancer. Of one network, so that a stranger can't take the places of all others.
    private const int MostAnonymousStreams = 100;

    private static readonly TimeSpan StreamRetryDelay = TimeSpan.FromSeconds(1);

    public static IServiceCollection AddRateLimits(this IServiceCollection services, AuthOptions auth) => services.AddRateLimiter(limiter =>
    {
        // It would otherwise take its locks for each request.
        if (auth.RequestsPerSecond > 0)
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => RequestsOf(http, auth.RequestsPerSecond));
        limiter.AddPolicy(Streams, http => StreamsOf(http, auth.MaxWatches));
        limiter.OnRejected = (rejected, _) => new(RefuseAsync(rejected, auth));
    });

    /// <summary>Holds every stream to the limit of its caller.</summary>
    public static void LimitStreams(this IEndpointConventionBuilder endpoints) => endpoints.Add(static endpoint =>
    {
        if (endpoint.Metadata.OfType<GrpcMethodMetadata>().Any(method => method.Method.Type is MethodType.ServerStreaming or MethodType.DuplexStreaming))
            endpoint.Metadata.Add(new EnableRateLimitingAttribute(Streams));
    });

    // What is open to everyone is nobody's, so no caller's limit holds for it.
    private static RateLimitPartition<string> RequestsOf(HttpContext http, int perSecond) => http.FindAccount() is { } account
        ? RateLimitPartition.GetTokenBucketLimiter(account.Caller.Name, _ => new()
        {
            QueueLimit = 0,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1) / perSecond,
            TokensPerPeriod = 1,
            TokenLimit = perSecond,
        })
        : RateLimitPartition.GetNoLimiter("");

    private static RateLimitPartition<object> StreamsOf(HttpContext http, int max) => http.FindAccount() is { } account
        ? RateLimitPartition.GetConcurrencyLimiter<object>(account.Caller.Name, _ => new() { PermitLimit = max, QueueLimit = 0 })
        : RateLimitPartition.GetConcurrencyLimiter<object>(http.Connection.RemoteIpAddress.Network(), _ => new() { PermitLimit = MostAnonymousStreams, QueueLimit = 0 });

    private static Task RefuseAsync(OnRejectedContext rejected, AuthOptions auth)
    {
        var http = rejected.HttpContext;
        // Only the limit of requests says when there will be room.
        if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
        {
            return http.WriteRpcStatusAsync(RpcStatuses.Create(
                StatusCode.ResourceExhausted,
                $"{http.User.Identity!.Name} makes more requests a second than a caller may (Servers:Auth:RequestsPerSecond).", "RATE_LIMITED").WithRetry(wait));
        }
        return http.WriteRpcStatusAsync((http.FindAccount() is { } account
            ? RpcStatuses.Create(
                StatusCode.ResourceExhausted,
                $"{account.Caller.Name} has {auth.MaxWatches} watches and other streams open, which is the limit of one caller (Servers:Auth:MaxWatches).",
                "WATCH_LIMIT_REACHED", ("limit", $"{auth.MaxWatches}"))
            : RpcStatuses.Create(
                StatusCode.ResourceExhausted, $"{MostAnonymousStreams} streams without a token are open from there.", "OPEN_STREAM_LIMIT_REACHED"))
            .WithRetry(StreamRetryDelay));
    }
}
