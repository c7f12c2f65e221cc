using System.IO.Compression;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using ServersGrpc.Rpc.Server;

namespace ServersGrpc.Rpc.Wire;

/// <summary>A call that came as gRPC: its messages, its headers and its end.</summary>
internal sealed class GrpcCall : HttpServerCallContext
{
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly bool _mayCompress;

    public GrpcCall(HttpContext http, IMethod method, GrpcServiceOptions options, bool gzipRequest)
        : base(http, method)
    {
        _mayCompress = options.ResponseCompressionAlgorithm == GzipMessage.Name
            && GzipMessage.IsListedIn(http.Request.Headers.GrpcAcceptEncoding);
        _reader = new FrameReader(http.Request.BodyReader, gzipRequest, options.MaxReceiveMessageSize);
        _writer = new FrameWriter(
            http.Response.BodyWriter,
            _mayCompress ? options.ResponseCompressionLevel ?? CompressionLevel.Fastest : null,
            options.MaxSendMessageSize);
    }

    /// <summary>Whether the call is over, so that nothing may be written any more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The request of a method that takes one.</summary>
    public ValueTask<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class => _reader.ReadSingleAsync(marshaller, ReadToken);

    /// <summary>The next request; null when the caller has sent its last one.</summary>
    public ValueTask<T?> ReadNextAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class => _reader.ReadNextAsync(marshaller, cancellationToken);

    /// <summary>Writes the response of a method that gives one. It leaves together with the status.</summary>
    public async ValueTask WriteSingleAsync<T>(Marshaller<T> marshaller, T? message)
        where T : class
    {
        if (message is null)
            throw new RpcException(new Status(StatusCode.Internal, "The method returned no message."));
        await StartAsync();
        Write(marshaller, message);
    }

    /// <summary>Writes one of many responses, and sends it unless the method lets it wait for more.</summary>
    /// <exception cref="CallOverException">The caller went away.</exception>
    public async Task WriteNextAsync<T>(Marshaller<T> marshaller, T message, CancellationToken cancellationToken)
    {
        await StartAsync();
        Write(marshaller, message);
        if (WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) == true)
            return;
        var flushed = await HttpContext.Response.BodyWriter.FlushAsync(cancellationToken);
        if (flushed.IsCompleted || flushed.IsCanceled)
            throw new CallOverException();
    }

    /// <summary>Ends the call: with trailers, or with headers alone if nothing was sent yet.</summary>
    public void End(Status status, ILogger logger)
    {
        HasEnded = true;
        var response = HttpContext.Response;
        var trailers = response.HasStarted
            ? HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : response.Headers;
        trailers.GrpcStatus = CodeText.Of(status.StatusCode);
        if (!string.IsNullOrEmpty(status.Detail))
            trailers.GrpcMessage = GrpcMessageEncoding.Encode(status.Detail);
        if (!HasResponseTrailers)
            return;
        foreach (var trailer in ResponseTrailers)
        {
            // The status is said once, as above.
            if (trailer.Key is "grpc-status" or "grpc-message")
                continue;
            // By now a bad value can't fail the call any more.
            if (MetadataHeaders.CanCross(trailer))
                trailers.Append(trailer.Key, MetadataHeaders.Encode(trailer));
            else
                RpcLog.TrailerDropped(logger, trailer.Key, Method);
        }
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        if (HttpContext.Response.HasStarted)
            throw new InvalidOperationException("Response headers are sent once, before the first response.");
        MetadataHeaders.Append(HttpContext.Response.Headers, responseHeaders);
        await StartAsync();
        await HttpContext.Response.BodyWriter.FlushAsync(CancellationToken);
    }

    private Task StartAsync()
    {
        var response = HttpContext.Response;
        if (response.HasStarted)
            return Task.CompletedTask;
        if (_mayCompress)
            response.Headers.GrpcEncoding = GzipMessage.Name;
        return response.StartAsync(CancellationToken.None);
    }

    private void Write<T>(Marshaller<T> marshaller, T message)
    {
        try
        {
            _writer.Write(marshaller, message, WriteOptions);
        }
        finally
        {
            if (_writer.IsBroken)
                HttpContext.Abort();
        }
    }
}
