namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>
/// Waits for what a cloud does in the background, asking less and less often, as long as its caller lets it. Between its questions others have
/// their turn.
/// </summary>
internal sealed class CloudPatience(ICloud cloud, CallGate gate)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // A look that fails says nothing of the work; so many in a row say that nobody answers.
    private const int FailedLooks = 5;

    private const int LooksADelete = 10;

    /// <summary>Returns when all are done: why the first failed that did, or null.</summary>
    public async Task<CloudError?> WaitForActionsAsync(IReadOnlyList<CloudAction> actions, CancellationToken cancellationToken)
    {
        foreach (var action in actions)
        {
            var last = action;
            await UntilAsync(
                async () => !last.IsRunning || !(last = await cloud.GetActionAsync(action.Id, cancellationToken)).IsRunning, cancellationToken);
            if (last.Error is not null)
                return last.Error;
        }
        return null;
    }

    /// <summary>Removes the machine. Returns when it is gone; what is accepted and not done is asked for again.</summary>
    public async Task RemoveAsync(long machine, CancellationToken cancellationToken)
    {
        var looks = 0;
        await UntilAsync(
            async () =>
            {
                if (looks % LooksADelete == 0)
                    await cloud.DeleteMachineAsync(machine, cancellationToken);
                looks++;
                return await cloud.GetMachineAsync(machine, cancellationToken) is null;
            },
            cancellationToken);
    }

    private async Task UntilAsync(Func<Task<bool>> done, CancellationToken cancellationToken)
    {
        var failed = 0;
        for (var pause = FirstPause; ; pause = pause * 3 / 2 < LongestPause ? pause * 3 / 2 : LongestPause)
        {
            var wait = pause;
            try
            {
                if (await done())
                    return;
                failed = 0;
            }
            catch (ProviderException e) when (e.Fault is ProviderFault.Transient && ++failed < FailedLooks)
            {
                wait = e.RetryAfter > wait ? e.RetryAfter.Value : wait;
            }
            await gate.StepAsideAsync(wait, cancellationToken);
        }
    }
}
