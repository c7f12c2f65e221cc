using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ServersGrpc.Rpc.OnePort;

namespace ServersGrpc.Limits;

internal static class LimitsServices
{
    /// <summary>Tells everything that reads a request, or holds an answer, how far it may go.</summary>
    public static IServiceCollection AddLimits(this IServiceCollection services, LimitsOptions limits) => services
        .Configure<KestrelServerOptions>(kestrel => Apply(limits, kestrel.Limits))
        .Configure<GrpcServiceOptions>(grpc => grpc.MaxReceiveMessageSize = limits.MaxRequestSize)
        .Configure<GrpcJsonTranscodingOptions>(rest => rest.MaxRequestBodySize = limits.MaxRequestSize)
        .Configure<OnePortOptions>(port =>
        {
            port.DecisionTimeout = limits.ProtocolTimeout;
            port.MaxUndecidedConnections = limits.MaxUndecidedConnections;
            port.MaxConnections = limits.MaxConnections;
            port.MaxUnreadAnswersPerConnection = limits.MaxUnreadAnswersPerConnection;
            port.MaxUnreadAnswers = limits.MaxUnreadAnswers;
        });

    private static void Apply(LimitsOptions limits, KestrelServerLimits kestrel)
    {
        // For what reads no body. Whoever reads one refuses it sooner, in words of its own.
        kestrel.MaxRequestBodySize = 2L * limits.MaxRequestSize;
        kestrel.MaxRequestHeaderCount = limits.MaxHeaders;
        kestrel.MaxRequestHeadersTotalSize = limits.MaxHeadersSize;
        kestrel.Http2.MaxRequestHeaderFieldSize = limits.MaxHeadersSize;
        kestrel.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
        kestrel.RequestHeadersTimeout = limits.HeadersTimeout;
        kestrel.KeepAliveTimeout = limits.KeepAliveTimeout;
        kestrel.MinRequestBodyDataRate = Rate(limits.MinRequestRate, limits.RateGrace);
        kestrel.MinResponseDataRate = Rate(limits.MinResponseRate, limits.RateGrace);
    }

    private static MinDataRate? Rate(int bytesPerSecond, TimeSpan grace) => bytesPerSecond == 0 ? null : new(bytesPerSecond, grace);
}
