using System.Net;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>
/// Servers that are containers of a Docker Engine. All that it knows is in the engine: the labels of a container say whose it is, and its
/// name, made of the uid, keeps a second one of the same server from being made.
/// </summary>
/// <remarks>
/// A container is made, given its certificates, and started: three calls. Until it was started it is no instance, and <see cref="FindAsync"/>
/// does not tell of it: whoever looks would take it for one that boots. <see cref="CreateAsync"/> finishes what was cut short,
/// <see cref="DestroyAsync"/> removes it, and <see cref="ListAsync"/> shows it to the sweep. A container that has ended is still there.
/// </remarks>
public sealed class DockerProvider : IServerProvider
{
    // For what has no event to wait for: another's create.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    // Copying three files and starting takes nearly none of it: whoever made the container and has not started it by then is gone.
    private static readonly TimeSpan TakeOverAfter = TimeSpan.FromSeconds(5);

    private readonly DockerProviderOptions _options;
    private readonly string _installationId;
    private readonly TimeProvider _time;
    private readonly DockerEngine _engine;
    private readonly DockerEndpoint _endpoint;

    /// <param name="options">Valid options.</param>
    /// <param name="installationId">Marks every container; others' are never touched.</param>
    /// <param name="time">Measures time.</param>
    public DockerProvider(DockerProviderOptions options, string installationId, TimeProvider time)
        : this(options, installationId, time, new HttpMessageInvoker(DockerConnection.Handler(options)))
    {
    }

    internal DockerProvider(DockerProviderOptions options, string installationId, TimeProvider time, HttpMessageInvoker http)
    {
        (_options, _installationId, _time, _endpoint) = (options, installationId, time, options.EngineEndpoint);
        _engine = new DockerEngine(http, options);
        Defaults = new(options.Image, options.Region, options.DefaultSize, options.Platform);
    }

    public string Name => "docker";

    public ProviderDefaults Defaults { get; }

    public bool CanDeliverCredentials => true;

    /// <summary>
    /// The loopback address that the uid names, or the address that ports are published on. A network gives a container its address when that
    /// starts.
    /// </summary>
    public PlannedAddress? PlanAddress(string uid)
    {
        if (_options.UsesHostNetwork)
            return new(LoopbackAddress.Candidates(uid).First(), IsShared: false);
        return _options.PublishAddress.Length > 0
            && IPAddress.TryParse(ContainerAddress.PublishedHost(_options.PublishAddress, _endpoint.Host), out var published)
            ? new(published, IsShared: true)
            : null;
    }

    public async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Region != _options.Region)
            throw new ProviderException(ProviderFault.Rejected, $"there is no region {spec.Region}: the Docker engine is {_options.Region}");
        var size = _options.FindSize(spec.Size)
            ?? throw new ProviderException(ProviderFault.Rejected, $"there is no size {spec.Size}. There are: {string.Join(", ", _options.Sizes)}");
        var container = await MakeOrFindAsync(spec, size, cancellationToken);
        if (container.IsHalfMade)
            await FinishAsync(container, spec, cancellationToken);
        return ToInstance(await LookAgainAsync(spec.Uid, cancellationToken) ?? throw Vanished());
    }

    public async Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) =>
        await LookAsync(uid, cancellationToken) is { IsHalfMade: false } container ? ToInstance(container) : null;

    public async Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await _engine.ListAsync([Ours], cancellationToken)).Select(ToInstance)];

    public async Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
    {
        // Asked for by its labels, never by its id alone: only what is ours is touched.
        foreach (var container in await _engine.ListAsync([Ours, OfServer(instance.Uid)], cancellationToken))
        {
            if (instance.Id.Length > 0 && container.Id != instance.Id && !container.IsHalfMade)
                continue;
            await _engine.StopAsync(container.Id, _options.StopGrace, cancellationToken);
            await _engine.RemoveAsync(container.Id, cancellationToken);
        }
    }

    /// <summary>
    /// What runs in a container read its certificates when it started, and no signal to read them again is common to all images: the container
    /// is started again. Delivered again, it is so once more.
    /// </summary>
    public async Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
    {
        if (await LookAsync(instance.Uid, cancellationToken) is not { IsHalfMade: false, IsBeingRemoved: false } container)
            throw new ProviderException(ProviderFault.NotFound, "the container is not there");
        await _engine.PutFilesAsync(
            container.Id, await ContainerFiles.CertificatesAsync(next, _options, _time.GetUtcNow(), cancellationToken), cancellationToken);
        try
        {
            await _engine.RestartAsync(container.Id, _options.StopGrace, cancellationToken);
        }
        catch (ProviderException e)
        {
            // The files are there, and the next start reads them, whoever brings it about.
            throw e.AsPassing();
        }
    }

    private string Ours => $"{DockerLabels.Installation}={_installationId}";

    private static string OfServer(string uid) => $"{DockerLabels.Uid}={uid}";

    /// <summary>The server's container, made where there is none; half made where nobody else is at it.</summary>
    private async Task<Container> MakeOrFindAsync(InstanceSpec spec, DockerSize size, CancellationToken cancellationToken)
    {
        if (await LookAsync(spec.Uid, cancellationToken) is not null)
            return await SettledAsync(spec.Uid, cancellationToken);
        if (_options.Pull == "always")
            await _engine.PullAsync(spec.Image, cancellationToken);
        var outcome = await MakeAsync(spec, size, cancellationToken);
        if (outcome == CreateOutcome.NoImage && _options.Pull == "missing")
        {
            await _engine.PullAsync(spec.Image, cancellationToken);
            outcome = await MakeAsync(spec, size, cancellationToken);
        }
        return outcome switch
        {
            CreateOutcome.Created => await LookAgainAsync(spec.Uid, cancellationToken) ?? throw Vanished(),
            CreateOutcome.NameTaken => await SettledAsync(spec.Uid, cancellationToken),
            _ => throw new ProviderException(ProviderFault.Rejected, $"the Docker engine does not have the image {spec.Image}"),
        };
    }

    private async Task<CreateOutcome> MakeAsync(InstanceSpec spec, DockerSize size, CancellationToken cancellationToken)
    {
        var address = _options.UsesHostNetwork ? await FreeAddressAsync(spec.Uid, cancellationToken) : "";
        return await _engine.CreateAsync(
            NameOf(spec.Uid), ContainerDraft.For(spec, size, _options, _installationId, address), cancellationToken);
    }

    /// <summary>The container that another create made: started, or half made where that one is gone.</summary>
    private async Task<Container> SettledAsync(string uid, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        while (true)
        {
            var container = await LookAgainAsync(uid, cancellationToken);
            if (container is { IsBeingRemoved: true })
                throw new ProviderException(ProviderFault.Transient, "an earlier container of this server is still being removed");
            if (container is { IsHalfMade: false })
                return container;
            if (_time.GetElapsedTime(begun) >= TakeOverAfter)
                return container ?? throw new ProviderException(ProviderFault.Transient, $"the name {NameOf(uid)} is taken by a container that is not there yet, or not ours");
            await Task.Delay(PollInterval, _time, cancellationToken);
        }
    }

    private async Task FinishAsync(Container container, InstanceSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            await _engine.PutFilesAsync(
                container.Id, await ContainerFiles.ArchiveAsync(spec, _options, _time.GetUtcNow(), cancellationToken), cancellationToken);
            foreach (var network in _options.Networks.Skip(1).Where(network => container.NetworkSettings?.Networks?.ContainsKey(network) != true))
                await _engine.ConnectAsync(container.Id, network, cancellationToken);
            await _engine.StartAsync(container.Id, cancellationToken);
        }
        catch (ProviderException exception) when (exception.Fault is ProviderFault.Rejected or ProviderFault.CapacityUnavailable)
        {
            // These two tell the caller that there is nothing. Where that can't be brought about, the outcome is another.
            try
            {
                await _engine.RemoveAsync(container.Id, cancellationToken);
            }
            catch (ProviderException refusal)
            {
                throw refusal.AsPassing();
            }
            throw;
        }
    }

    private async Task<Container?> LookAsync(string uid, CancellationToken cancellationToken) =>
        (await _engine.ListAsync([Ours, OfServer(uid)], cancellationToken)).OrderBy(container => container.IsHalfMade).FirstOrDefault();

    // Something was made: a look that is refused must not pass for the word that there is nothing.
    private async Task<Container?> LookAgainAsync(string uid, CancellationToken cancellationToken)
    {
        try
        {
            return await LookAsync(uid, cancellationToken);
        }
        catch (ProviderException e)
        {
            throw e.AsPassing();
        }
    }

    /// <summary>The first address of the uid's that no container has. It is the planned one, unless another installation took it meanwhile.</summary>
    private async Task<string> FreeAddressAsync(string uid, CancellationToken cancellationToken)
    {
        // Of all installations on the engine: they share its network.
        var containers = await _engine.ListAsync([DockerLabels.Address], cancellationToken);
        var taken = containers.Select(container => container.Label(DockerLabels.Address)).ToHashSet();
        return LoopbackAddress.Candidates(uid).Select(address => address.ToString()).First(address => !taken.Contains(address));
    }

    private Instance ToInstance(Container container) => new(
        container.Id,
        container.Label(DockerLabels.Uid),
        container.Label(DockerLabels.Name),
        ContainerAddress.Of(container, _endpoint.Host, _options.Networks),
        DateTimeOffset.FromUnixTimeSeconds(container.Created),
        container.IsBeingRemoved);

    private string NameOf(string uid) => $"servers-{_installationId}-{uid}";

    private static ProviderException Vanished() => new(ProviderFault.NotFound, "the container was removed while it was made");
}
