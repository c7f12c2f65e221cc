using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Auth.Authentication.Tokens;

/// <summary>Notes in the database when tokens were used: not with each use, which would be a write for each request.</summary>
internal sealed class TokenUseKeeper(TokenRegistry tokens, ITokenStore store, TimeProvider time, ILogger<TokenUseKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, DateTimeOffset> _kept = [];

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await KeepAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await KeepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of this work; what is left is noted in the stop.
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        var uses = tokens.All
            .Where(token => token.Source == TokenSource.Database && token.Used is { } used && used != _kept.GetValueOrDefault(token.Record.Name, token.Record.Used ?? default))
            .ToDictionary(token => token.Record.Name, token => token.Used!.Value);
        if (uses.Count == 0)
            return;
        try
        {
            await store.SaveTokenUseAsync(uses, cancellationToken);
            foreach (var (name, used) in uses)
                _kept[name] = used;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The next round says it again.
            AuthLog.UseNotKept(logger, e.Message);
        }
    }
}
