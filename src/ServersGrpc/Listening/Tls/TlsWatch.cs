using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Listening.Tls;

/// <summary>Looks once a second whether certificates have changed, and once a day whether they end soon.</summary>
internal sealed class TlsWatch(
    TlsOptions options, TlsHandshake handshake, DataDirectory directory, TimeProvider time, ILogger<TlsWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarnedBefore = TimeSpan.FromDays(30);
    private static readonly TimeSpan WarningInterval = TimeSpan.FromDays(1);

    private DateTimeOffset? _warnedAt;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        TlsLog.InUse(logger, handshake.Certificate.Value.Subject, handshake.Certificate.Value.NotAfter);
        if (options.DevCertificate)
            TlsLog.Trust(logger, directory.File(DevCertificate.FileName));
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            WarnOfEnd();
            if (options.DevCertificate)
                RenewOwn();
            if (Look(handshake.Certificate, "certificate"))
            {
                TlsLog.InUse(logger, handshake.Certificate.Value.Subject, handshake.Certificate.Value.NotAfter);
                _warnedAt = null;
            }
            if (handshake.ClientAuthority is { } authority && Look(authority, "client authority"))
                TlsLog.AuthorityInUse(logger, options.ClientAuthority);
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private bool Look<T>(WatchedFiles<T> files, string what) where T : class
    {
        var (changed, trouble) = files.Look();
        if (trouble is not null)
            TlsLog.Kept(logger, what, trouble);
        return changed;
    }

    private void RenewOwn()
    {
        var now = time.GetUtcNow();
        // Its end is known without looking: it changes only here.
        if (handshake.Certificate.Value.NotAfter - now > WarnedBefore || now - _warnedAt < WarningInterval)
            return;
        try
        {
            DevCertificate.MakeIfDue(directory, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _warnedAt = now;
            TlsLog.NotRenewed(logger, e.Message);
        }
    }

    private void WarnOfEnd()
    {
        var now = time.GetUtcNow();
        var left = handshake.Certificate.Value.NotAfter - now;
        if (left > WarnedBefore || options.DevCertificate || now - _warnedAt < WarningInterval)
            return;
        _warnedAt = now;
        if (left > TimeSpan.Zero)
            TlsLog.EndsSoon(logger, options.CertificateFile, left.Days, handshake.Certificate.Value.NotAfter);
        else
            TlsLog.Ended(logger, options.CertificateFile, handshake.Certificate.Value.NotAfter);
    }
}
