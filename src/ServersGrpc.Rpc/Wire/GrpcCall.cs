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
    // Kestrel's flush waits for the caller from here on, and tells nothing of less. What is shorter is bounded all the same: a stream is one of
    // its connection's until its answer is read, and Kestrel refuses more.
    private const int LeastCounted = 4096;

    // To wait costs a write to the socket, which would otherwise take the trailers too. That is nothing beside a long answer. Of those that are
    // not, some are taken by lot and stand for the others: nobody can know which to leave unread.
    private const int AlwaysCounted = 32 * 1024;
    private const int CountedForOne = 64;

    private readonly FrameReader _reader;

    // Also the lock of what follows it: the deadline ends the call beside whatever the method does.
    private readonly FrameWriter _writer;
    private readonly CompressionLevel? _gzip;

    // An HttpContext is for one thread, and the method's is on it when the deadline passes on another. What is needed then is found before.
    private readonly IHttpResponseFeature _response;
    private readonly IHttpResponseBodyFeature _body;
    private readonly IHttpResponseTrailersFeature _trailers;
    private Task _lastWrite = Task.CompletedTask;
    private Task? _cutOff;
    private bool _hasEnded;
    private bool _isCounted;

    public GrpcCall(HttpContext http, IMethod method, GrpcServiceOptions options, bool gzipRequest)
        : base(http, method)
    {
        _gzip = GzipMessage.IsListedIn(http.Request.Headers.GrpcAcceptEncoding)
            ? options.ResponseCompressionLevel ?? CompressionLevel.Fastest
            : null;
        _response = http.Features.GetRequiredFeature<IHttpResponseFeature>();
        _body = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _trailers = http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>();
        _reader = new FrameReader(
            http.Request.BodyReader, gzipRequest, http.Features.Get<MessageLimit>()?.MaxReceiveMessageSize ?? options.MaxReceiveMessageSize);
        _writer = new FrameWriter(
            http.Response.BodyWriter,
            GzipIf(options.ResponseCompressionAlgorithm),
            options.MaxSendMessageSize);
    }

    /// <summary>The request of a method that takes one.</summary>
    public ValueTask<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class => _reader.ReadSingleAsync(marshaller, ReadToken);

    /// <summary>The next request; null when the caller has sent its last one.</summary>
    public ValueTask<T?> ReadNextAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class => _reader.ReadNextAsync(marshaller, cancellationToken);

    /// <summary>Writes the response of a method that gives one. It leaves together with the status.</summary>
    public Task WriteSingleAsync<T>(Marshaller<T> marshaller, T? message)
        where T : class
    {
        if (message is null)
            throw new RpcException(new Status(StatusCode.Internal, "The method returned no message."));
        lock (_writer)
        {
            CheckWritable();
            return _lastWrite = WriteAsync(marshaller, message, isAnswer: true);
        }
    }

    /// <summary>Writes one of many responses, and sends it unless the method lets it wait for more.</summary>
    /// <exception cref="InvalidOperationException">The call is over, or the write before this one is not.</exception>
    /// <exception cref="CallOverException">The caller went away, or its deadline passed.</exception>
    public Task WriteNextAsync<T>(Marshaller<T> marshaller, T message, CancellationToken cancellationToken)
    {
        lock (_writer)
        {
            CheckWritable();
            return _lastWrite = WriteAndFlushAsync(marshaller, message, cancellationToken);
        }
    }

    /// <summary>Ends the call, unless its deadline has: with trailers, or with headers alone if nothing was sent yet.</summary>
    public async ValueTask EndAsync(Status status, ILogger logger)
    {
        lock (_writer)
            _hasEnded = true;
        if (_cutOff is not null)
        {
            await _cutOff;
            return;
        }

        var trailers = await ReachTrailersAsync();
        StatusHeaders.Set(trailers, status, HasResponseTrailers ? ResponseTrailers.GetValueBytes(MetadataExtensions.DetailsKey) : null);
        if (!HasResponseTrailers)
            return;
        foreach (var trailer in ResponseTrailers)
        {
            // The status is said once, as above.
            if (trailer.Key is "grpc-status" or "grpc-message" or MetadataExtensions.DetailsKey)
                continue;
            // By now a bad value can't fail the call any more.
            if (MetadataHeaders.CanCross(trailer))
                trailers.Append(trailer.Key, MetadataHeaders.Encode(trailer));
            else
                RpcLog.TrailerDropped(logger, trailer.Key, Method);
        }
    }

    /// <summary>Waits until the caller has read the answer, where that has to be known.</summary>
    public async ValueTask DrainAsync()
    {
        if (!_isCounted || _cutOff is not null)
            return;
        try
        {
            // Without a flush the server takes the answer over, and tells nobody when it has left.
            var body = HttpContext.Response.BodyWriter;
            await PendingFlush.WaitAsync(body, body.FlushAsync(CancellationToken.None), HttpContext.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The caller has gone, and its answer is dropped.
            return;
        }
    }

    /// <summary>The caller has its answer at its deadline, though the method may go on for as long as it likes.</summary>
    public override void OnDeadlinePassed()
    {
        lock (_writer)
        {
            if (_hasEnded)
                return;
            _hasEnded = true;
            _cutOff = CutOffAsync();
        }
    }

    public override bool TrySetResponseHeader(string name, string value)
    {
        lock (_writer)
            return !_hasEnded && base.TrySetResponseHeader(name, value);
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        lock (_writer)
        {
            CheckWritable();
            if (HttpContext.Response.HasStarted)
                throw new InvalidOperationException("Response headers are sent once, before the first response.");
            if (responseHeaders.GetValue(MetadataHeaders.EncodingRequest) is { } encoding)
                _writer.Gzip = GzipIf(encoding);
            MetadataHeaders.Append(HttpContext.Response.Headers, responseHeaders);
            return _lastWrite = StartAndFlushAsync();
        }
    }

    private CompressionLevel? GzipIf(string? encoding) => encoding == GzipMessage.Name ? _gzip : null;

    private void CheckWritable()
    {
        if (_cutOff is not null)
            throw new CallOverException();
        if (_hasEnded)
            throw new InvalidOperationException("Nothing can be written: the call is over.");
        if (!_lastWrite.IsCompleted)
            throw new InvalidOperationException("Only one write can be pending at a time.");
    }

    private async Task WriteAndFlushAsync<T>(Marshaller<T> marshaller, T message, CancellationToken cancellationToken)
    {
        using var token = Join(cancellationToken);
        token.Token.ThrowIfCancellationRequested();
        await WriteAsync(marshaller, message);
        if (WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) == true)
            return;
        await FlushAsync(token.Token);
    }

    private async Task WriteAsync<T>(Marshaller<T> marshaller, T message, bool isAnswer = false)
    {
        await StartAsync();
        try
        {
            _writer.Write(marshaller, message, WriteOptions);
        }
        finally
        {
            if (_writer.IsBroken)
                HttpContext.Abort();
        }
        if (isAnswer && _writer.Written >= LeastCounted)
            Count(_writer.Written);
    }

    private void Count(long answer)
    {
        var standsFor = answer >= AlwaysCounted ? 1 : CountedForOne;
        _isCounted = standsFor == 1 || Random.Shared.Next(standsFor) == 0;
        if (_isCounted)
            CountAnswer(answer * standsFor);
    }

    private async Task StartAndFlushAsync()
    {
        await StartAsync();
        await FlushAsync(CancellationToken);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var body = HttpContext.Response.BodyWriter;
        var flushed = await PendingFlush.WaitAsync(body, body.FlushAsync(CancellationToken.None), cancellationToken);
        if (flushed.IsCompleted)
            throw new CallOverException();
    }

    private Task StartAsync()
    {
        var response = HttpContext.Response;
        if (response.HasStarted)
            return Task.CompletedTask;
        if (_writer.Gzip is not null)
            response.Headers.GrpcEncoding = GzipMessage.Name;
        return response.StartAsync(CancellationToken.None);
    }

    private async Task CutOffAsync()
    {
        StatusHeaders.Set(await ReachTrailersAsync(), FaultMapper.StatusOf(CancellationCause.DeadlinePassed));
        // No reset follows, as it would overtake what waits for the caller to read; the server sends one when the method is done.
        await _body.CompleteAsync();
    }

    /// <summary>Where the status goes, once a write that the method did not wait for is done.</summary>
    private async ValueTask<IHeaderDictionary> ReachTrailersAsync()
    {
        await _lastWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _response.HasStarted ? _trailers.Trailers : _response.Headers;
    }
}
