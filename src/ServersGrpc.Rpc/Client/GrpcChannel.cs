using Grpc.Core;
using ServersGrpc.Rpc.Client;

namespace Grpc.Net.Client;

/// <summary>A channel over HTTP/2: of TLS for "https://…", in the clear with prior knowledge for "http://…".</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly HttpCallInvoker _invoker;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        if (options is { HttpClient: not null, HttpHandler: not null })
            throw new ArgumentException("Either HttpClient or HttpHandler can be given.", nameof(options));
        var given = options.HttpClient is not null || options.HttpHandler is not null;
        _ownsHttp = !given || options.DisposeHttpClient;
        _http = options.HttpClient ?? new HttpClient(options.HttpHandler ?? NewHandler(), disposeHandler: _ownsHttp)
        {
            // A call is limited by its own deadline.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _invoker = new HttpCallInvoker(new ChannelSettings(
            _http,
            address,
            options.MaxReceiveMessageSize,
            options.MaxSendMessageSize,
            new RetryPolicies(options.ServiceConfig, options.MaxRetryAttempts),
            options.Time));
    }

    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        return new GrpcChannel(address, channelOptions);
    }

    public override CallInvoker CreateCallInvoker() => _invoker;

    public void Dispose()
    {
        if (_ownsHttp)
            _http.Dispose();
    }

    // A server limits the streams of a connection: calls beyond that take another instead of waiting.
    private static SocketsHttpHandler NewHandler() => new() { EnableMultipleHttp2Connections = true };

    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }
}
