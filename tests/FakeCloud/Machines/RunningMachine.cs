using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>
/// A machine that is switched on: from its boot on it takes TLS connections from callers of its authority, and answers as a Docker engine
/// does. One waiting accept an address is all that it costs while nobody calls.
/// </summary>
internal sealed class RunningMachine
{
    private const int Port = 2376;

    /// <summary>After a restart of this process another fake may hold the address for a moment.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stopping = new();

    private RunningMachine()
    {
    }

    /// <summary>Completes when it takes no connections any more.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <param name="reservations">Sockets that keep the addresses until it listens there.</param>
    public static RunningMachine Start(
        string key,
        IReadOnlyList<IPAddress> addresses,
        IReadOnlyList<Socket> reservations,
        DateTimeOffset bootsAt,
        MachineCertificates certificates,
        TimeProvider time,
        ILogger logger)
    {
        var machine = new RunningMachine();
        machine.Ended = machine.RunAsync(key, addresses, reservations, bootsAt, certificates, time, logger);
        return machine;
    }

    public void Stop() => _stopping.Cancel();

    private static SslServerAuthenticationOptions Options(MachineCertificates certificates) => new()
    {
        ServerCertificateContext =
            SslStreamCertificateContext.Create(certificates.Server, [certificates.Authority], offline: true),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateRequired = true,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { certificates.Authority },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    private async Task RunAsync(
        string key,
        IReadOnlyList<IPAddress> addresses,
        IReadOnlyList<Socket> reservations,
        DateTimeOffset bootsAt,
        MachineCertificates certificates,
        TimeProvider time,
        ILogger logger)
    {
        using (certificates)
        {
            try
            {
                var wait = bootsAt - time.GetUtcNow();
                // Off the caller's thread, who holds the world's lock.
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), time, _stopping.Token);
                var options = Options(certificates);
                var listeners = await Task.WhenAll(addresses.Select(address => BindAsync(key, address, time, logger)));
                foreach (var reservation in reservations) reservation.Dispose();
                await Task.WhenAll(listeners.Select(listener => AcceptAsync(listener, options)));
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // Switched off, or gone.
            }
            catch (Exception exception)
            {
                logger.MachineFailed(key, exception);
            }
            finally
            {
                foreach (var reservation in reservations) reservation.Dispose();
            }
        }
    }

    private async Task AcceptAsync(Socket listener, SslServerAuthenticationOptions options)
    {
        using (listener)
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(_stopping.Token);
                _ = ServeAsync(socket, options);
            }
        }
    }

    private async Task<Socket> BindAsync(string key, IPAddress address, TimeProvider time, ILogger logger)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return AddressPool.Listen(address, Port);
            }
            catch (SocketException exception) when (AddressPool.IsTaken(exception))
            {
                if (isFirst) logger.AddressIsTaken(key, address);
            }

            await Task.Delay(RetryPause, time, _stopping.Token);
        }
    }

    private async Task ServeAsync(Socket socket, SslServerAuthenticationOptions options)
    {
        try
        {
            await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsServerAsync(options, _stopping.Token);
            await EngineAnswers.ServeAsync(stream, _stopping.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or AuthenticationException or IOException)
        {
            // The caller is a stranger, or left, or the machine is gone.
            socket.Dispose();
        }
    }
}
