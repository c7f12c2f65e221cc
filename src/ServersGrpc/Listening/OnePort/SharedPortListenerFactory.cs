using System.Net;
using Microsoft.AspNetCore.Connections;

namespace ServersGrpc.Listening.OnePort;

/// <summary>Kestrel asks every registered factory whether it can bind an endpoint; this one takes only its own kind.</summary>
internal sealed class SharedPortListenerFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endPoint) => endPoint is SharedPortEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var shared = (SharedPortEndPoint)endPoint;
        return shared.Port.BindAsync(shared, cancellationToken);
    }
}
