using System.Net;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Tracing;

namespace ServersGrpc.Engine.Fleet;

/// <summary>
/// All that the API calls. Failures are a <see cref="ServerException"/> for the caller to act on, or
/// <see cref="StoreUnavailableException"/>.
/// </summary>
public sealed class Fleet
{
    private const int MaxPageSize = 1_000_000;
    private const int Tries = 10;

    private readonly IServerStore _store;
    private readonly IEventStore _events;
    private readonly ProviderCatalog _providers;
    private readonly ServerCredentialsFactory _credentials;
    private readonly FleetOptions _options;
    private readonly TimeProvider _time;
    private readonly ProvisionValidator _validator;
    private readonly Rotation _rotation;

    public Fleet(
        IServerStore store, IEventStore events, ProviderCatalog providers, ServerCredentialsFactory credentials, FleetOptions options, TimeProvider time)
    {
        (_store, _events, _providers, _credentials, _options, _time) = (store, events, providers, credentials, options, time);
        _validator = new(providers, options.Request);
        _rotation = new(store, options, time);
    }

    /// <summary>Records the wish for a server; the lifecycle makes it.</summary>
    public async Task<ServerRecord> ProvisionAsync(ProvisionRequest request, Caller caller, CancellationToken cancellationToken)
    {
        request = InScope(request, caller.Scope);
        var providerName = request.Provider.Length > 0 ? request.Provider : _options.DefaultProvider;
        _validator.Check(request, providerName);
        var provider = _providers.Get(providerName);
        var limits = new ServerLimits(_options.MaxServers, caller.MaxServers);
        for (var tries = 1; ; tries++)
        {
            var server = NewServer(request, provider, caller);
            var planned = request.ValidateOnly ? null : provider.PlanAddress(server.Uid);
            // Of a shared one the port is not known yet.
            server = server with { Address = planned is { IsShared: false } ? planned.Ip.ToString() : "" };
            try
            {
                var added = request.ValidateOnly
                    ? await TryAddAsync(server, limits, cancellationToken)
                    : await _store.AddAsync(
                        server with { Secret = ServerSecrets.Generate(), Credentials = _credentials.Create(server.Name, planned?.Ip) },
                        Event("ProvisionRequested", $"A server at {provider.Name} was asked for.", caller), limits, cancellationToken);
                // A repeated request may be answered with a server from when its caller's scope was another.
                return caller.Scope.Covers(added) ? added : throw new RequestIdReusedException(request.RequestId);
            }
            catch (NameTakenException) when (request.Name.Length == 0 && tries < Tries)
            {
                // A generated name met another by chance: the next will not.
            }
            catch (AddressTakenException) when (tries < Tries)
            {
                // Another server of ours has it, or is to have it. The next uid names another.
            }
            catch (RequestIdReusedException e) when (!caller.Scope.IsEverything)
            {
                throw await _store.FindAsync(e.Name, cancellationToken) is { } other && caller.Scope.Covers(other) ? e : new(request.RequestId);
            }
            catch (NameTakenException e) when (!caller.Scope.IsEverything)
            {
                throw await AsTakenForAsync(caller, e, cancellationToken);
            }
        }
    }

    public async ValueTask<ServerRecord> GetAsync(string name, Caller caller, CancellationToken cancellationToken) =>
        ThrowIfOutOfScope(await _store.FindAsync(Required(name), cancellationToken) ?? throw new ServerNotFoundException(name), caller);

    /// <summary>A page of at most so many servers, oldest first, then by name; 0: all of them.</summary>
    public async Task<ServerPage> ListAsync(Conditions conditions, int pageSize, string pageToken, Caller caller, CancellationToken cancellationToken)
    {
        var violations = new List<FieldViolation>();
        if (pageSize is < 0 or > MaxPageSize)
            violations.Add(new("page_size", $"{pageSize} is not between 0 and {MaxPageSize}"));
        var query = conditions.ToQuery(violations) with { Scope = caller.Scope };
        var start = PageToken.Read(pageToken, conditions, violations);
        if (violations.Count > 0)
            throw new InvalidRequestException(violations);

        if (pageSize == 0)
            return new(await _store.ListAsync(query, start, int.MaxValue, cancellationToken), "");
        // One more than asked for tells whether a further page exists.
        var servers = await _store.ListAsync(query, start, pageSize + 1, cancellationToken);
        return servers.Count <= pageSize
            ? new(servers, "")
            : new([.. servers.Take(pageSize)], PageToken.Write(servers[pageSize - 1], conditions));
    }

    /// <summary>Records the wish for a server's end; the lifecycle brings it about. Asking again, or for a stopped server, changes nothing.</summary>
    /// <param name="name">The server.</param>
    /// <param name="force">Skip the drain.</param>
    /// <param name="etag">Only if the server still has this etag; "": whatever it has.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Takes the wish back, if it is not being written yet.</param>
    public Task<ServerRecord> TerminateAsync(string name, bool force, string etag, Caller caller, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        // Read here: the change runs on the store's thread.
        var cause = EngineActivities.Cause();
        return _store.ChangeAsync(Required(name), server =>
        {
            ThrowIfOutOfScope(server, caller);
            if (etag.Length > 0 && etag != server.Etag)
                throw new EtagMismatchException(name, etag, server.Etag);
            return server.State switch
            {
                ServerState.Stopped or ServerState.Stopping => null,
                ServerState.Shutdown when force && now < server.Deadline =>
                    new(
                        server with { Deadline = now, WakeAt = now, Scheduled = now, Cause = cause },
                        Event("TerminateForced", "Its end was asked for without a drain.", caller)),
                ServerState.Shutdown => null,
                _ => new(
                    server with
                    {
                        State = ServerState.Shutdown,
                        Deadline = force ? now : now + Drain(server),
                        WakeAt = now,
                        Scheduled = now,
                        Attempts = 0,
                        Probes = 0,
                        AbsentSince = null,
                        Cause = cause,
                    },
                    Event("TerminateRequested", force ? "Its end was asked for, without a drain." : "Its end was asked for.", caller)),
            };
        }, cancellationToken);
    }

    /// <summary>
    /// Records the wish for new credentials of a running server, or joins the one that is recorded, and returns the server once it has them. The
    /// lifecycle brings that about, whether anyone waits for it or not.
    /// </summary>
    /// <param name="name">The server.</param>
    /// <param name="etag">Only if the server still has this etag; "": whatever it has.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait; takes the wish back only if it is not being written yet.</param>
    public async Task<ServerRecord> RotateCredentialsAsync(string name, string etag, Caller caller, CancellationToken cancellationToken)
    {
        // Only servers that are have a name that certificates can be made for.
        var present = await GetAsync(name, caller, cancellationToken);
        // By now every address is known. One that has no IP address to check is reached by its name.
        var ip = IPEndPoint.TryParse(present.Address, out var endpoint) ? endpoint.Address : null;
        var next = new NextCredentials(ServerSecrets.Generate(), _credentials.Create(name, ip));
        var (now, cause) = (_time.GetUtcNow(), EngineActivities.Cause());
        var asked = await _store.ChangeAsync(name, server =>
        {
            ThrowIfOutOfScope(server, caller);
            if (etag.Length > 0 && etag != server.Etag)
                throw new EtagMismatchException(name, etag, server.Etag);
            if (server.State != ServerState.Running)
                throw new ServerNotRunningException(name, server.State);
            if (server.Next is not null)
                return null;
            var provider = _providers.Find(server.Provider);
            if (provider is not { CanDeliverCredentials: true })
                throw new RotationNotSupportedException(name, server.Provider, isEnabled: provider is not null);
            return new(
                server with { Next = next, Deadline = null, Attempts = 0, WakeAt = now, Scheduled = now, Cause = cause },
                Event("CredentialsRotationRequested", "New credentials were asked for.", caller));
        }, cancellationToken);
        return await _rotation.OutcomeAsync(asked, cancellationToken);
    }

    /// <summary>Changes since a revision, then as they happen; see <see cref="IServerStore.WatchAsync"/>.</summary>
    public IAsyncEnumerable<ServerChange> WatchAsync(Conditions conditions, long since, Caller caller, CancellationToken cancellationToken)
    {
        var violations = new List<FieldViolation>();
        if (since < 0)
            violations.Add(new("since_revision", $"{since} is negative; 0 begins with every server as it is"));
        var query = conditions.ToQuery(violations) with { Scope = caller.Scope };
        if (violations.Count > 0)
            throw new InvalidRequestException(violations);
        return _store.WatchAsync(since, query, _options.BookmarkInterval, cancellationToken);
    }

    public async Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, Caller caller, CancellationToken cancellationToken)
    {
        var events = await _events.ListEventsAsync(Required(name), cancellationToken);
        if (!caller.Scope.IsEverything)
            events = await InScopeAsync(events, caller.Scope, cancellationToken);
        if (events.Count > 0)
            return events;
        throw await _store.FindAsync(name, cancellationToken) is { } hidden ? new OutOfScopeException(hidden) : new ServerNotFoundException(name);
    }

    /// <summary>The request as the caller may make it: within its scope, which fills in what the request leaves out.</summary>
    private static ProvisionRequest InScope(ProvisionRequest request, Scope scope)
    {
        if (scope.IsEverything)
            return request;
        if (request.Name.Length > 0 && !request.Name.StartsWith(scope.NamePrefix, StringComparison.Ordinal))
            throw new AccessDeniedException($"The caller may only have servers of the scope {scope}: the name must begin with \"{scope.NamePrefix}\".");
        var labels = request.Labels.ToDictionary();
        foreach (var (key, value) in scope.Labels)
        {
            if (!labels.TryAdd(key, value) && labels[key] != value)
                throw new AccessDeniedException($"The caller may only have servers of the scope {scope}: the label {key} must be \"{value}\", or left out.");
        }
        return request with { Labels = labels };
    }

    /// <summary>Events of servers of the scope only: an earlier server of the name may have been another team's.</summary>
    private async Task<IReadOnlyList<ServerEvent>> InScopeAsync(IReadOnlyList<ServerEvent> events, Scope scope, CancellationToken cancellationToken)
    {
        var covered = new HashSet<string>();
        foreach (var uid in events.Select(@event => @event.Uid).Distinct())
        {
            if (await _store.FindByUidAsync(uid, cancellationToken) is { } server && scope.Covers(server))
                covered.Add(uid);
        }
        return [.. events.Where(@event => covered.Contains(@event.Uid))];
    }

    private static ServerRecord ThrowIfOutOfScope(ServerRecord server, Caller caller) =>
        caller.Scope.Covers(server) ? server : throw new OutOfScopeException(server);

    /// <summary>Names are unique among all, so that one is taken can't be hidden; what of it is another's business can.</summary>
    private async Task<NameTakenException> AsTakenForAsync(Caller caller, NameTakenException taken, CancellationToken cancellationToken) =>
        await _store.FindAsync(taken.Name, cancellationToken) is { } other && caller.Scope.Covers(other) ? taken : new(taken.Name);

    private static EventDraft Event(string reason, string message, Caller caller) =>
        new(reason, message, caller.Name, caller.Address, caller.RequestId);

    /// <summary>The server that would be answered. One that there is already shows no secrets to a caller that only asks.</summary>
    private async Task<ServerRecord> TryAddAsync(ServerRecord server, ServerLimits limits, CancellationToken cancellationToken)
    {
        var found = await _store.TryAddAsync(server, limits, cancellationToken);
        return found.Uid == server.Uid ? found : found.WithoutSecrets();
    }

    private ServerRecord NewServer(ProvisionRequest request, IServerProvider provider, Caller caller)
    {
        // In the precision that is kept, so that lists are ordered alike before and after a restart.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
        var first = new Placement(Or(request.Region, provider.Defaults.Region), Or(request.Size, provider.Defaults.Size));
        return new()
        {
            Uid = Guid.NewGuid().ToString("N"),
            Name = request.Name.Length > 0 ? request.Name : ServerNames.Generate(NamePrefix(caller.Scope)),
            Provider = provider.Name,
            Image = Or(request.Image, provider.Defaults.Image),
            Region = first.Region,
            Size = first.Size,
            Placements = Placements(request, provider, first),
            Platform = provider.Defaults.Platform,
            Capacity = request.Capacity > 0 ? request.Capacity : _options.DefaultCapacity,
            Credentials = ServerCredentials.None,
            Labels = request.Labels,
            Owner = caller.Name,
            UserData = request.UserData,
            RequestId = request.RequestId,
            RequestDigest = request.RequestId.Length > 0 ? RequestDigest.Of(request) : "",
            Created = now,
            Updated = now,
            WakeAt = now,
            Scheduled = now,
            Cause = EngineActivities.Cause(),
        };
    }

    private string NamePrefix(Scope scope) =>
        _options.NamePrefix.StartsWith(scope.NamePrefix, StringComparison.Ordinal) ? _options.NamePrefix : scope.NamePrefix;

    // What a section says of a server that names neither is no word on one that does.
    private static IReadOnlyList<Placement> Placements(ProvisionRequest request, IServerProvider provider, Placement first)
    {
        var alternatives = request is { Alternatives.Count: 0, Region: "", Size: "" } ? provider.Alternatives
            : request.Alternatives.Select(other => new Placement(Or(other.Region, first.Region), Or(other.Size, first.Size)));
        List<Placement> all = [.. alternatives.Prepend(first).Distinct()];
        return all.Count > 1 ? all : [];
    }

    // A provider that is not enabled any more has no drain of its own, and its servers' end is wished for all the same.
    private TimeSpan Drain(ServerRecord server) => _providers.Find(server.Provider)?.DrainTimeout ?? TimeSpan.Zero;

    private static string Required(string name) =>
        name.Length > 0 ? name : throw new InvalidRequestException("name", "it is required");

    private static string Or(string asked, string @default) => asked.Length > 0 ? asked : @default;
}
