using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace ServersGrpc.Listening.OnePort;

internal sealed class SharedPortFactory(
    LimitsOptions limits,
    IOptions<SocketTransportOptions> socketOptions,
    ConnectionGate gate,
    TimeProvider time,
    ILoggerFactory loggers)
{
    private readonly SocketTransportFactory _sockets = new(socketOptions, loggers);
    private readonly ILogger _logger = loggers.CreateLogger<SharedPort>();

    public SharedPort Create(ListenAddress address) => new(address, _sockets, gate, limits, time, _logger);
}
