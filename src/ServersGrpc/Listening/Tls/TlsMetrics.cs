using System.Diagnostics.Metrics;

namespace ServersGrpc.Listening.Tls;

/// <summary>What can be measured of the certificate.</summary>
internal sealed class TlsMetrics
{
    public TlsMetrics(TlsHandshake handshake, TimeProvider time, IMeterFactory meters) => meters.Create("ServersGrpc.Tls").CreateObservableGauge(
        "servers.tls.certificate.remaining", () => (handshake.Certificate.Value.NotAfter - time.GetUtcNow()).TotalSeconds, "s",
        "How long the certificate that callers are shown is still good; below 0 since its end.");
}
