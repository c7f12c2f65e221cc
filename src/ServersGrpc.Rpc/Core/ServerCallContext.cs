namespace Grpc.Core;

/// <summary>What a method knows of the call it answers.</summary>
public abstract class ServerCallContext
{
    /// <summary>The path of the call: "/pkg.v1.Service/Method".</summary>
    public string Method => MethodCore;

    /// <summary>The authority that the caller asked for.</summary>
    public string Host => HostCore;

    /// <summary>Where the caller is: "ipv4:1.2.3.4:5", "ipv6:[::1]:5" or "unix:/path".</summary>
    public string Peer => PeerCore;

    /// <summary>When the caller stops waiting, in UTC; DateTime.MaxValue when it said nothing.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>What the caller sent beside the request.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>Cancelled when the caller goes away, when the deadline passes and, for streams, when the service stops.</summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>Sent after the response, beside the status.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>How the call ends if the method returns; OK until it is set.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>How responses are written; null for the default.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>For interceptors and methods to pass things on.</summary>
    public IDictionary<object, object> UserState => UserStateCore;

    protected abstract string MethodCore { get; }

    protected abstract string HostCore { get; }

    protected abstract string PeerCore { get; }

    protected abstract DateTime DeadlineCore { get; }

    protected abstract Metadata RequestHeadersCore { get; }

    protected abstract CancellationToken CancellationTokenCore { get; }

    protected abstract Metadata ResponseTrailersCore { get; }

    protected abstract Status StatusCore { get; set; }

    protected abstract WriteOptions? WriteOptionsCore { get; set; }

    protected abstract IDictionary<object, object> UserStateCore { get; }

    /// <summary>Sends headers before the first response. At most once.</summary>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        return WriteResponseHeadersAsyncCore(responseHeaders);
    }

    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);
}
