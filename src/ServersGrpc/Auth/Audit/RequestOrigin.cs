using System.Net;
using Grpc.Core;
using ServersGrpc.Auth.Limits;

namespace ServersGrpc.Auth.Audit;

/// <summary>Where a request came from, and what it is called. Found out only where something is noted.</summary>
internal readonly struct RequestOrigin
{
    /// <summary>The header that names a request in its answer.</summary>
    public const string RequestIdHeader = "x-request-id";

    private readonly HttpContext _http;
    private readonly ServerCallContext? _call;

    private RequestOrigin(HttpContext http, ServerCallContext? call) => (_http, _call) = (http, call);

    /// <summary>The address, as people write it; "" where that is not known.</summary>
    public string Address =>
        _http.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "";

    /// <summary>Whom that address stands for.</summary>
    public IPAddress Network => _http.Connection.RemoteIpAddress.Network();

    /// <summary>Cancelled when who asks has gone.</summary>
    public CancellationToken Aborted => _http.RequestAborted;

    /// <summary>Of a request that is no call, or is none yet.</summary>
    public static implicit operator RequestOrigin(HttpContext http) => new(http, null);

    /// <summary>Of a call, whose deadline may end it at any moment.</summary>
    public static implicit operator RequestOrigin(ServerCallContext call) => new(call.GetHttpContext(), call);

    /// <summary>
    /// Names the request in its answer, so that whoever is told of it can find it in the events and the log; unless the answer has begun.
    /// Returns the name.
    /// </summary>
    public string NameRequest()
    {
        var name = _http.TraceIdentifier;
        if (_call is not null)
            _call.TrySetResponseHeader(RequestIdHeader, name);
        else if (!_http.Response.HasStarted)
            _http.Response.Headers[RequestIdHeader] = name;
        return name;
    }
}
