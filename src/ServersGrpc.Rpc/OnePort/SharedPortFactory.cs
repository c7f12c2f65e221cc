using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServersGrpc.Rpc.OnePort;

internal sealed class SharedPortFactory(
    IOptions<OnePortOptions> options,
    IOptions<SocketTransportOptions> socketOptions,
    ConnectionGate gate,
    TimeProvider time,
    ILoggerFactory loggers)
{
    private readonly SocketTransportFactory _sockets = new(socketOptions, loggers);
    private readonly ILogger _logger = loggers.CreateLogger<SharedPort>();

    public SharedPort Create(ListenAddress address) => new(address, _sockets, gate, options.Value, time, _logger);
}
