using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>A machine on loopback that takes TLS connections and gives every one of them the same bytes.</summary>
internal sealed class TlsListener : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ServerCredentials _credentials;
    private readonly string _answer;
    private readonly Task _serving;

    /// <param name="credentials">What it presents, and whose authority its callers must be of.</param>
    /// <param name="answer">The bytes; null: it never answers.</param>
    /// <param name="address">Where it listens.</param>
    public TlsListener(ServerCredentials credentials, string? answer, IPAddress? address = null)
    {
        _credentials = credentials;
        _answer = answer ?? "";
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        _serving = ServeAsync(isSilent: answer is null);
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>The names that callers asked for, and the subjects of the certificates that they presented.</summary>
    public List<(string Name, string? Subject)> Callers { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stopping.Dispose();
    }

    private async Task ServeAsync(bool isSilent)
    {
        using var authority = X509Certificate2.CreateFromPem(Text(_credentials.CaCertificate));
        using var certificate = X509Certificate2.CreateFromPem(Text(_credentials.TlsCertificate), Text(_credentials.TlsKey));
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                await using var stream = new SslStream(new NetworkStream(socket));
                await stream.AuthenticateAsServerAsync(Options(authority, certificate), _stopping.Token);
                Callers.Add((stream.TargetHostName, stream.RemoteCertificate?.Subject));
                if (isSilent)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, _stopping.Token);
                }

                _ = await stream.ReadAsync(new byte[4096], _stopping.Token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(_answer), _stopping.Token);
                await stream.ShutdownAsync();
            }
            catch (Exception exception) when (
                exception is OperationCanceledException or AuthenticationException or IOException || _stopping.IsCancellationRequested)
            {
                // The caller did not like what it saw, or the test is over: a listener that goes may fail with its socket before it is canceled.
            }
        }
    }

    private static SslServerAuthenticationOptions Options(X509Certificate2 authority, X509Certificate2 certificate) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        ClientCertificateRequired = true,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    private static string Text(ReadOnlyMemory<byte> pem) => Encoding.ASCII.GetString(pem.Span);
}
