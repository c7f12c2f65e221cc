using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Client;

/// <summary>One call, as its caller sees it: the responses, the headers, and how it ended.</summary>
internal sealed class ClientCall<TRequest, TResponse> : IAsyncStreamReader<TResponse>, IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly Method<TRequest, TResponse> _method;
    private readonly CallOptions _options;
    private readonly int? _maxReceiveSize;
    private readonly CancellationTokenSource _over;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<HttpResponseMessage>? _response;
    private FrameReader? _reader;
    private TResponse? _current;
    private Status? _status;
    private Metadata _trailers = Metadata.Empty;
    private bool _deadlinePassed;
    private ITimer? _deadline;

    public ClientCall(Method<TRequest, TResponse> method, CallOptions options, int? maxReceiveSize, int? maxSendSize)
    {
        _method = method;
        _options = options;
        _maxReceiveSize = maxReceiveSize;
        _over = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        Requests = new RequestContent<TRequest>(method.RequestMarshaller, maxSendSize, _over.Token);
    }

    public RequestContent<TRequest> Requests { get; }

    public Task<Metadata> HeadersAsync => _headers.Task;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no message: MoveNext was not called, or found none.");

    /// <summary>Sends the call; with its only request, or leaving the requests to the caller.</summary>
    public void Start(HttpClient http, Uri address, string? host, TRequest? request)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Requests,
        };
        message.Headers.Host = host;
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        message.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity,gzip");
        foreach (var entry in _options.Headers ?? Metadata.Empty)
            message.Headers.TryAddWithoutValidation(entry.Key, MetadataHeaders.Encode(entry));
        if (_options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            var timeout = deadline.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime;
            timeout = timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero;
            message.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout.Format(timeout));
            _deadline = TimeProvider.System.CreateTimer(_ => PassDeadline(), null, timeout, Timeout.InfiniteTimeSpan);
        }

        if (request is not null)
            _ = SendOnlyAsync(request);
        _response = http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, _over.Token);
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
        if (_status is { } ended)
            return ended.StatusCode == StatusCode.OK ? false : throw new RpcException(ended, _trailers);
        using var token = new Server.JoinedToken(_over.Token, cancellationToken);
        try
        {
            var response = await _response!;
            _reader ??= await OpenAsync(response);
            _current = _reader is null ? null : await _reader.ReadNextAsync(_method.ResponseMarshaller, token.Token);
            if (_current is not null)
                return true;
            _trailers = ResponseHeaders.ToMetadata(ResponseHeaders.IsTrailersOnly(response) ? response.Headers : response.TrailingHeaders);
            return End(ResponseHeaders.StatusOf(response));
        }
        catch (Exception fault) when (fault is OperationCanceledException or HttpRequestException or IOException or RpcException)
        {
            return End(StatusOf(fault));
        }
    }

    public Status GetStatus() => _status ?? throw new InvalidOperationException("The call is not over.");

    public Metadata GetTrailers() =>
        _status is not null ? _trailers : throw new InvalidOperationException("The call is not over.");

    public void Dispose()
    {
        if (_status is null)
            _over.Cancel();
        _deadline?.Dispose();
    }

    private async Task SendOnlyAsync(TRequest request)
    {
        try
        {
            await Requests.WriteAsync(request);
        }
        catch (OperationCanceledException)
        {
            // The call ended first; its status says how.
        }

        await Requests.CompleteAsync();
    }

    private async Task<FrameReader?> OpenAsync(HttpResponseMessage response)
    {
        _headers.TrySetResult(ResponseHeaders.ToMetadata(response.Headers));
        if (response.StatusCode != HttpStatusCode.OK || ResponseHeaders.IsTrailersOnly(response))
            return null;
        var body = PipeReader.Create(await response.Content.ReadAsStreamAsync(_over.Token));
        return new FrameReader(body, ResponseHeaders.IsGzip(response), _maxReceiveSize);
    }

    private bool End(Status status)
    {
        _status = status;
        _deadline?.Dispose();
        // What is still being sent has nobody who wants it.
        _over.Cancel();
        if (status.StatusCode == StatusCode.OK)
            return false;
        var fault = new RpcException(status, _trailers);
        _headers.TrySetException(fault);
        _ = _headers.Task.Exception;
        throw fault;
    }

    private Status StatusOf(Exception fault) => fault switch
    {
        _ when _deadlinePassed => new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded", fault),
        RpcException rpc => rpc.Status,
        _ when _over.IsCancellationRequested => new Status(StatusCode.Cancelled, "Call canceled by the client.", fault),
        _ => new Status(StatusCode.Unavailable, fault.InnerException?.Message ?? fault.Message, fault),
    };

    private void PassDeadline()
    {
        _deadlinePassed = true;
        _over.Cancel();
    }
}
