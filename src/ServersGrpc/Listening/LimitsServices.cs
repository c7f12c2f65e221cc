using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ServersGrpc.Listening.Answers;

namespace ServersGrpc.Listening;

internal static class LimitsServices
{
    // Room for the name of a field and for what HTTP/2 counts beside it.
    private const int FieldOverhead = 1024;

    // How many times as much as is taken is refused in words.
    private const int Beyond = 4;

    private const int MaxRequestLine = 32 * 1024;

    // What the server keeps of a request before anyone reads it; headers are a part of that.
    private const int MaxRequestBuffer = 1024 * 1024;

    /// <summary>Tells everything that reads a request, or holds an answer, how far it may go.</summary>
    public static IServiceCollection AddLimits(this IServiceCollection services, LimitsOptions limits) => services
        .AddSingleton(limits)
        .AddSingleton<AnswerInterceptor>()
        .Configure<KestrelServerOptions>(kestrel => Apply(limits, kestrel.Limits))
        .Configure<GrpcServiceOptions>(grpc => grpc.MaxReceiveMessageSize = limits.MaxRequestSize);

    private static void Apply(LimitsOptions limits, KestrelServerLimits kestrel)
    {
        // For what reads no body. Whoever reads one refuses it sooner, in words of its own.
        kestrel.MaxRequestBodySize = 2L * limits.MaxRequestSize;
        // The longest selector, each of its characters escaped, and the rest of a query.
        kestrel.MaxRequestLineSize = MaxRequestLine;
        // A request over the limit is refused by UseRequestLimits. Of several times as much the server itself ends the whole
        // connection, and with it all other calls on it: that much is no mistake.
        kestrel.MaxRequestHeaderCount = Beyond * limits.MaxHeaders;
        var headers = Math.Min(Beyond * limits.MaxHeadersSize, MaxRequestBuffer);
        kestrel.MaxRequestBufferSize = MaxRequestBuffer;
        kestrel.MaxRequestHeadersTotalSize = headers;
        kestrel.Http2.MaxRequestHeaderFieldSize = headers + FieldOverhead;
        kestrel.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
        kestrel.RequestHeadersTimeout = limits.HeadersTimeout;
        kestrel.KeepAliveTimeout = limits.KeepAliveTimeout;
        kestrel.MinRequestBodyDataRate = Rate(limits.MinRequestRate, limits.RateGrace);
        kestrel.MinResponseDataRate = Rate(limits.MinResponseRate, limits.RateGrace);
    }

    private static MinDataRate? Rate(int bytesPerSecond, TimeSpan grace) => bytesPerSecond == 0 ? null : new(bytesPerSecond, grace);
}
