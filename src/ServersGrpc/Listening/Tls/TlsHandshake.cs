using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ServersGrpc.Listening.Tls;

/// <summary>How a connection becomes private, with the files as they are at that moment.</summary>
internal sealed class TlsHandshake(WatchedFiles<ServerCertificate> certificate, WatchedFiles<ClientAuthority>? clientAuthority)
{
    public WatchedFiles<ServerCertificate> Certificate => certificate;

    public WatchedFiles<ClientAuthority>? ClientAuthority => clientAuthority;

    public ValueTask<SslServerAuthenticationOptions> BeginAsync(TlsHandshakeCallbackContext context)
    {
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Value.Context,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        clientAuthority?.Value.ApplyTo(handshake);
        return ValueTask.FromResult(handshake);
    }
}
