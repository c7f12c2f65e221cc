using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Client;

/// <summary>One call, as its caller sees it: the responses, the headers, and how it ended.</summary>
internal sealed class ClientCall<TRequest, TResponse> : IAsyncStreamReader<TResponse>, IDisposable
    where TRequest : class
    where TResponse : class
{
    // Timers reach no further. Nobody waits longer, whatever was said.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(49);

    private readonly ChannelSettings _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly string? _host;
    private readonly CallOptions _options;
    private readonly CancellationTokenSource _overSource;
    private readonly CancellationToken _over;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<HttpResponseMessage?> _response = Task.FromResult<HttpResponseMessage?>(null);
    private FrameReader? _reader;
    private TResponse? _current;
    private CallEnd? _end;
    private ITimer? _deadline;

    public ClientCall(ChannelSettings channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _host = host;
        _options = options;
        _overSource = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        _over = _overSource.Token;
    }

    public Task<Metadata> HeadersAsync => _headers.Task;

    public TResponse Current =>
        _current ?? throw new InvalidOperationException("There is no message: MoveNext was not called, or found none.");

    private CallEnd Ended => _end ?? throw new InvalidOperationException("The call is not over.");

    /// <summary>Makes the call with its only request; more than once, if that is its method's policy.</summary>
    public void Start(TRequest request)
    {
        StartDeadline();
        _response = OpenAsync(SendWithRetriesAsync(request));
    }

    /// <summary>Makes the call and leaves the requests to the caller.</summary>
    public IClientStreamWriter<TRequest> StartStreaming()
    {
        StartDeadline();
        var requests = new RequestContent<TRequest>(_method.RequestMarshaller, _channel.MaxSendMessageSize, _over);
        _response = OpenAsync(SendAsync(requests, failedAttempts: 0));
        return requests;
    }

    /// <summary>The response of a method that gives one.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        if (!await MoveNext(CancellationToken.None))
            throw new RpcException(new Status(StatusCode.Internal, "A response was expected and none came."));
        var response = Current;
        return !await MoveNext(CancellationToken.None)
            ? response
            : throw new RpcException(new Status(StatusCode.Internal, "One response was expected and more came."));
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _current = null;
        if (await _response is { } response && _end is null)
        {
            using var token = new JoinedToken(_over, cancellationToken);
            try
            {
                _current = _reader is null ? null : await _reader.ReadNextAsync(_method.ResponseMarshaller, token.Token);
                if (_current is not null)
                    return true;
                End(ResponseHeaders.StatusOf(response), ResponseHeaders.TrailersOf(response));
            }
            catch (Exception fault)
            {
                End(StatusOf(fault), Metadata.Empty);
            }
        }

        Ended.ThrowIfFailed();
        return false;
    }

    public Status GetStatus() => Ended.Status;

    public Metadata GetTrailers() => Ended.Trailers;

    public void Dispose() => End(new Status(StatusCode.Cancelled, "Call disposed by the client."), Metadata.Empty);

    private void StartDeadline()
    {
        if (Remaining() is not { } timeout)
            return;
        if (timeout == TimeSpan.Zero)
            PassDeadline();
        else if (timeout < LongestTimeout)
            _deadline = _channel.Time.CreateTimer(_ => PassDeadline(), null, timeout, Timeout.InfiniteTimeSpan);
    }

    private void PassDeadline() => End(new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"), Metadata.Empty);

    /// <summary>How long the caller still waits; null for ever.</summary>
    private TimeSpan? Remaining()
    {
        if (_options.Deadline is not { } deadline || deadline == DateTime.MaxValue)
            return null;
        var remaining = deadline.ToUniversalTime() - _channel.Time.GetUtcNow().UtcDateTime;
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    /// <summary>The response of the attempt that counts: headers commit the call, whatever becomes of it after them.</summary>
    private async Task<HttpResponseMessage> SendWithRetriesAsync(TRequest request)
    {
        var frame = new ArrayBufferWriter<byte>();
        new FrameWriter(frame, gzip: null, _channel.MaxSendMessageSize).Write(_method.RequestMarshaller, request, _options.WriteOptions);
        var retries = _channel.Retries.Begin(_method);
        while (true)
        {
            TimeSpan wait;
            try
            {
                var response = await SendAsync(new ReadOnlyMemoryContent(frame.WrittenMemory), retries?.Failed ?? 0);
                if (retries is null
                    || !ResponseHeaders.IsEnd(response)
                    || retries.Fail(ResponseHeaders.StatusOf(response).StatusCode, ResponseHeaders.PushbackOf(response)) is not { } delay)
                {
                    return response;
                }

                response.Dispose();
                wait = delay;
            }
            catch (Exception fault) when (retries is not null && fault is HttpRequestException or IOException)
            {
                var status = CallFault.ToStatus(fault);
                wait = retries!.Fail(status.StatusCode, pushback: null) ?? throw new RpcException(status);
            }

            await Task.Delay(wait, _channel.Time, _over);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContent content, int failedAttempts)
    {
        var address = new Uri(_channel.Address, _method.FullName);
        var request = CallRequest.Create(address, _host, _options.Headers, Remaining(), failedAttempts, content);
        return await _channel.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _over);
    }

    /// <summary>Makes the response ready to be read. Null when there is none: the call has ended then.</summary>
    private async Task<HttpResponseMessage?> OpenAsync(Task<HttpResponseMessage> sending)
    {
        try
        {
            var response = await sending;
            if (!ResponseHeaders.IsEnd(response))
            {
                var body = PipeReader.Create(await response.Content.ReadAsStreamAsync(_over));
                _reader = new FrameReader(body, ResponseHeaders.IsGzip(response), _channel.MaxReceiveMessageSize);
            }

            _headers.TrySetResult(ResponseHeaders.ToMetadata(response.Headers));
            return response;
        }
        catch (Exception fault)
        {
            End(StatusOf(fault), Metadata.Empty);
            return null;
        }
    }

    /// <summary>A fault that came with the cancellation says nothing more than it.</summary>
    private Status StatusOf(Exception fault) =>
        CallFault.ToStatus(_over.IsCancellationRequested ? new OperationCanceledException(fault.Message, fault) : fault);

    /// <summary>
    /// Ends the call, the first time that it is said, and lets go of everything: what is still sent or received has nobody who wants it.
    /// </summary>
    private void End(Status status, Metadata trailers)
    {
        if (Interlocked.CompareExchange(ref _end, new CallEnd(status, trailers), null) is not null)
            return;
        _deadline?.Dispose();
        _overSource.Cancel();
        _overSource.Dispose();
        if (status.StatusCode != StatusCode.OK && _headers.TrySetException(new RpcException(status, trailers)))
            _ = _headers.Task.Exception;
        _ = ReleaseAsync();
    }

    private async Task ReleaseAsync() => (await _response)?.Dispose();
}
