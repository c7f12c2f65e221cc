using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ServersGrpc.Listening.OnePort;

/// <summary>What Kestrel is told to listen on, twice for each shared port: once a protocol.</summary>
internal sealed class SharedPortEndPoint(SharedPort port, HttpProtocols protocol) : EndPoint
{
    public SharedPort Port => port;

    public HttpProtocols Protocol => protocol;

    /// <summary>Kestrel shows this after "http://": in its log, its errors and the server's addresses.</summary>
    public override string ToString() => port.DisplayName;
}
