using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;
using ServersGrpc.Listening.Tls;

namespace ServersGrpc.Listening.OnePort;

/// <summary>
/// Kestrel, told to listen on endpoints made from the configured addresses. The host collects these in a feature of ours that
/// Kestrel does not see: so every standard way of naming them works, and Kestrel has nothing to warn of "overriding".
/// </summary>
internal sealed class OnePortServer : IServer
{
    private readonly ServerAddressesFeature _addresses = new();
    private readonly IServer _kestrel;
    private readonly KestrelServerOptions _kestrelOptions;
    private readonly SharedPortFactory _ports;
    private readonly ConnectionGate _gate;
    private readonly LimitsOptions _limits;
    private readonly TimeProvider _time;
    private readonly TlsHandshake? _handshake;

    /// <param name="kestrel">The server itself.</param>
    /// <param name="kestrelOptions">Where it listens.</param>
    /// <param name="ports">Makes the http addresses.</param>
    /// <param name="gate">Lets connections in.</param>
    /// <param name="limits">How long a handshake may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="handshake">How https addresses shake hands; null where there is no certificate, and no such address.</param>
    public OnePortServer(
        IServer kestrel, IOptions<KestrelServerOptions> kestrelOptions, SharedPortFactory ports, ConnectionGate gate, LimitsOptions limits,
        TimeProvider time, TlsHandshake? handshake = null)
    {
        _kestrel = kestrel;
        _kestrelOptions = kestrelOptions.Value;
        (_ports, _gate, _limits, _time, _handshake) = (ports, gate, limits, time, handshake);
        Features = new FeatureCollection(kestrel.Features);
        Features.Set<IServerAddressesFeature>(_addresses);
    }

    public IFeatureCollection Features { get; }

    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        foreach (var address in _addresses.Addresses.Select(ListenAddress.Parse))
            Listen(address);

        await _kestrel.StartAsync(application, cancellationToken);

        // Both endpoints of a shared port report the same address. One is enough for "Now listening on".
        _addresses.Addresses.Clear();
        foreach (var address in _kestrel.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Distinct())
            _addresses.Addresses.Add(address);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _kestrel.StopAsync(cancellationToken);

    public void Dispose() => _kestrel.Dispose();

    private void Listen(ListenAddress address)
    {
        if (address.IsHttps)
        {
            ListenWithTls(address);
            return;
        }
        var port = _ports.Create(address);
        foreach (var protocol in (ReadOnlySpan<HttpProtocols>)[HttpProtocols.Http1, HttpProtocols.Http2])
            _kestrelOptions.Listen(new SharedPortEndPoint(port, protocol), endpoint => endpoint.Protocols = protocol);
    }

    private void ListenWithTls(ListenAddress address)
    {
        if (address.IsLocalhost)
            _kestrelOptions.ListenLocalhost(address.Port, UseHttps);
        else if (address.IsAny)
            _kestrelOptions.ListenAnyIP(address.Port, UseHttps);
        else
            _kestrelOptions.Listen(address.Ip, address.Port, UseHttps);

        void UseHttps(ListenOptions endpoint)
        {
            endpoint.Protocols = HttpProtocols.Http1AndHttp2;
            // Before the handshake, which is what costs.
            endpoint.Use(next => connection => _gate.TryAdmit(connection) ? next(connection) : Task.CompletedTask);
            endpoint.Use(next => CleartextOnTls.Refuse(next, _limits.HandshakeTimeout, _time));
            endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _handshake!.BeginAsync, HandshakeTimeout = _limits.HandshakeTimeout });
        }
    }
}
