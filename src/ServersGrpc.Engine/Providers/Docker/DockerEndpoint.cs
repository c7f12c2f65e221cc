using System.Net;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>Where an engine listens.</summary>
/// <param name="SocketPath">The path of a unix socket, or "".</param>
/// <param name="Host">The host of a TCP endpoint, or "".</param>
/// <param name="Base">What requests begin with.</param>
internal sealed record DockerEndpoint(string SocketPath, string Host, Uri Base)
{
    private const int ClearPort = 2375;
    private const int TlsPort = 2376;

    /// <summary>Whether the engine runs on this machine.</summary>
    public bool IsLocal => SocketPath.Length > 0 || Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Null where the text is no endpoint.</summary>
    public static DockerEndpoint? Parse(string text, bool tls)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            return null;
        return uri switch
        {
            { Scheme: "unix", Host: "", AbsolutePath.Length: > 1 } => new(uri.LocalPath, "", new("http://docker")),
            { Scheme: "tcp", Host.Length: > 0, AbsolutePath: "" or "/" } => new("", uri.IdnHost, TcpBase(uri, tls)),
            _ => null,
        };
    }

    private static Uri TcpBase(Uri uri, bool tls) =>
        new UriBuilder(tls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, uri.IdnHost, uri.Port > 0 ? uri.Port : tls ? TlsPort : ClearPort).Uri;
}
