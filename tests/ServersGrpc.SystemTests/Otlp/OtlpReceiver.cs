using System.Buffers.Binary;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ServersGrpc.SystemTests.Otlp;

/// <summary>A small collector: takes OTLP over HTTP and over gRPC, and keeps what it was sent.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const string GrpcService = "/opentelemetry.proto.collector";

    // A gRPC message comes after a byte for its compression and four for its length.
    private const int GrpcPrefix = 5;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<OtlpRequest> _requests = new();
    private readonly bool _hangs;

    private OtlpReceiver(bool hangs)
    {
        _hangs = hangs;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    /// <summary>Where it takes OTLP over HTTP.</summary>
    public string Http => _app.Urls.First();

    /// <summary>Where it takes OTLP over gRPC.</summary>
    public string Grpc => _app.Urls.Last();

    public IReadOnlyCollection<OtlpRequest> Requests => _requests;

    public IEnumerable<Span> Spans => ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans);

    public IEnumerable<ResourceSpans> ResourceSpans =>
        Sent("traces").SelectMany(request => ExportTraces.Parser.ParseFrom(request.Message).ResourceSpans);

    public IEnumerable<string> Metrics => Sent("metrics")
        .SelectMany(request => ExportMetrics.Parser.ParseFrom(request.Message).ResourceMetrics)
        .SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics).Select(metric => metric.Name);

    /// <param name="hangs">Whether it takes requests and answers none.</param>
    public static async Task<OtlpReceiver> StartAsync(bool hangs = false)
    {
        var receiver = new OtlpReceiver(hangs);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>What was sent of a signal, by either protocol.</summary>
    public IEnumerable<OtlpRequest> Sent(string signal) =>
        _requests.Where(request => request.Path.Contains(signal.TrimEnd('s'), StringComparison.OrdinalIgnoreCase));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var isGrpc = http.Request.Path.Value!.StartsWith(GrpcService, StringComparison.Ordinal);
        var message = isGrpc ? Unwrapped(body.ToArray()) : body.ToArray();
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
        _requests.Enqueue(new(http.Request.Path, headers, message));
        if (_hangs)
            await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        if (!isGrpc)
            return;
        http.Response.ContentType = "application/grpc";
        http.Response.DeclareTrailer("grpc-status");
        await http.Response.Body.WriteAsync(new byte[GrpcPrefix], http.RequestAborted);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private static byte[] Unwrapped(byte[] body)
    {
        Assert.Equal(body.Length - GrpcPrefix, BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)));
        return body[GrpcPrefix..];
    }
}
