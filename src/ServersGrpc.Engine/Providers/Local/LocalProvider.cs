using System.Net;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>
/// Servers that are processes of this machine. All its knowledge is on disk and in the locks that agents hold, so it survives the
/// service's death at any instant and bears several services on one directory.
/// </summary>
public sealed class LocalProvider : IServerProvider
{
    // For what has no event to wait for: another process's lock, or its state file.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    // Nothing that is being made or removed takes nearly as long.
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromMinutes(10);

    private readonly LocalProviderOptions _options;
    private readonly LocalInstances _instances;
    private readonly AgentProcess _agents;
    private readonly AgentClient _clients;
    private readonly TimeProvider _timeProvider;

    /// <param name="options">Valid options.</param>
    /// <param name="dataDirectory">The service's data directory; the provider keeps to <c>local</c> below it.</param>
    /// <param name="installationId">Marks every instance; others' are never touched.</param>
    /// <param name="agent">Starts an agent.</param>
    /// <param name="timeProvider">Measures time.</param>
    public LocalProvider(
        LocalProviderOptions options, string dataDirectory, string installationId, AgentCommandLine agent, TimeProvider timeProvider)
    {
        _options = options;
        _instances = new LocalInstances(dataDirectory, installationId, timeProvider);
        _agents = new AgentProcess(agent);
        _clients = new AgentClient(timeProvider);
        _timeProvider = timeProvider;
    }

    public string Name => "local";

    public ProviderDefaults Defaults { get; } = new(Image: "agent", Region: "local", Size: "process", Platform: $"{ThisMachine.OperatingSystemName}/{ThisMachine.ArchitectureName}");

    public bool CanDeliverCredentials => true;

    /// <summary>
    /// Removes what earlier services left half made, and the keys that those of an earlier version wrote to disk. For the start of a service
    /// that alone uses the directory: no create is under way.
    /// </summary>
    public void RemoveLeftovers()
    {
        _instances.RemoveLeftovers(TimeSpan.Zero);
        _instances.RemoveKeys();
    }

    /// <summary>The first address of the uid's that no program listens on. The store keeps two servers of ours from having the same.</summary>
    public PlannedAddress? PlanAddress(string uid)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new PlannedAddress(IPAddress.Loopback, IsShared: true);
        }

        var candidates = LoopbackAddress.Candidates(uid).Take(LoopbackPort.MaxTries);
        // Where none is free, the create says so, and is tried again.
        return new PlannedAddress(candidates.FirstOrDefault(address => !LoopbackPort.IsTaken(address)) ?? candidates.First(), IsShared: false);
    }

    public async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var timer = new CancellationTokenSource(_options.StartTimeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await CreateOrAdoptAsync(spec, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(
                ProviderFault.Transient, $"the agent did not listen within {_options.StartTimeout.TotalSeconds:0.###} s", inner: exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk may empty again; permissions do not change by waiting.
            throw Unusable(exception is IOException ? ProviderFault.Transient : ProviderFault.Rejected, exception);
        }
    }

    public async Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_instances.TryOpen(uid) is not { } directory)
        {
            return null;
        }

        while (true)
        {
            var instance = await ReadAsync(directory, cancellationToken);
            // A service that was killed while it destroyed left the rest to its successor: nothing found means nothing left.
            if (instance is not null || !directory.IsMarkedForRemoval || _instances.TryRemove(directory))
            {
                return instance;
            }

            await Task.Delay(PollInterval, _timeProvider, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _instances.RemoveLeftovers(LeftoverAge);
        var found = new List<Instance>();
        foreach (var directory in _instances.All())
        {
            if (await ReadAsync(directory, cancellationToken) is { } instance)
            {
                found.Add(instance);
            }
        }

        return found;
    }

    public async Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_instances.IsForeign(instance.Uid))
        {
            return;
        }

        // The mark comes first: an agent that starts from here on sees it and ends. Its age survives a restart of ours in the grace.
        var directory = _instances.TryOpen(instance.Uid);
        var now = _timeProvider.GetUtcNow();
        var asked = directory?.MarkForRemoval(now) ?? now;
        var killAt = (asked < now ? asked : now) + _options.StopGrace;
        var named = ProcessIdentity.Parse(instance.Id);
        var terminated = default(ProcessIdentity);
        while (!IsGone(directory, named))
        {
            // No state yet means an agent that has just taken the lock: it looks for the mark once more after it has written its state.
            // Where its files were damaged or removed by hand, the instance's id still names the process.
            if ((directory?.ReadState()?.Process ?? named) is { } process)
            {
                if (_timeProvider.GetUtcNow() >= killAt)
                {
                    ProcessSignals.Kill(process);
                }
                else if (process != terminated)
                {
                    ProcessSignals.Terminate(process);
                    terminated = process;
                }
            }

            await Task.Delay(PollInterval, _timeProvider, cancellationToken);
        }
    }

    public async Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var directory = _instances.TryOpen(instance.Uid);
            if (directory?.ReadSpec() is not { } spec || await ReadAsync(directory, cancellationToken) is not { } found)
            {
                throw new ProviderException(ProviderFault.NotFound, "the agent is not there");
            }

            await _clients.DeliverAsync(found, spec.Generation, current.Credentials, next.Credentials, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is the agent that takes or refuses them: that it can't be found says nothing.
            throw Unusable(ProviderFault.Transient, exception);
        }
    }

    private static ProviderException Unusable(ProviderFault fault, Exception exception) =>
        new(fault, $"the state directory can't be used: {exception.Message}", inner: exception);

    private bool IsGone(InstanceDirectory? directory, ProcessIdentity? named) =>
        (directory is null || _instances.TryRemove(directory)) && named is not { IsAlive: true };

    private async Task<Instance> CreateOrAdoptAsync(InstanceSpec spec, CancellationToken cancellationToken)
    {
        while (true)
        {
            var directory = _instances.OpenOrMake(spec);
            if (directory.IsMarkedForRemoval)
            {
                if (!_instances.TryRemove(directory))
                {
                    throw new ProviderException(ProviderFault.Transient, "an earlier instance of this server is still being removed");
                }

                continue;
            }

            if (await ReadAsync(directory, cancellationToken) is { } instance)
            {
                return instance;
            }

            // An agent that finds the lock held leaves the directory to its holder, which the next round waits for.
            if (await _agents.StartAsync(directory, AgentCredentials.For(spec.Credentials), cancellationToken) != AgentSignals.Ready)
            {
                await Task.Delay(PollInterval, _timeProvider, cancellationToken);
            }
        }
    }

    /// <summary>The instance whose agent holds the lock, waiting for one that has just taken it; null where the lock is free.</summary>
    private async Task<Instance?> ReadAsync(InstanceDirectory directory, CancellationToken cancellationToken)
    {
        while (directory.IsLocked())
        {
            // The state of an earlier agent, killed here, is no answer.
            if (directory.ReadState() is { Process.IsAlive: true } state)
            {
                return state.ToInstance();
            }

            await Task.Delay(PollInterval, _timeProvider, cancellationToken);
        }

        return null;
    }
}
