using System.Globalization;

namespace ServersGrpc.Engine.Servers;

/// <summary>One server as it is remembered: a row of the store. Immutable; every change is a new record with a new version.</summary>
public sealed record ServerRecord
{
    /// <summary>The identity that never repeats: 32 lower-case hexadecimal digits. Instances are tagged with it.</summary>
    public required string Uid { get; init; }

    public required string Name { get; init; }

    public required string Provider { get; init; }

    public ServerState State { get; init; } = ServerState.Pending;

    /// <summary>The provider's id of the instance; "" until one is known.</summary>
    public string InstanceId { get; init; } = "";

    public string Image { get; init; } = "";

    /// <summary>Where it is, or is tried to be made; one of the <see cref="Placements"/>, where there are any.</summary>
    public string Region { get; init; } = "";

    /// <summary>Likewise.</summary>
    public string Size { get; init; } = "";

    /// <summary>Where it may be made, in the order of preference; empty where it has no alternatives.</summary>
    public IReadOnlyList<Placement> Placements { get; init; } = [];

    public string Platform { get; init; } = "";

    /// <summary>Host, or host:port where the port is not 2376; "" until known.</summary>
    public string Address { get; init; } = "";

    public int Capacity { get; init; }

    public string Secret { get; init; } = "";

    /// <summary>Why the last attempt failed; "" when none did.</summary>
    public string Error { get; init; } = "";

    public required ServerCredentials Credentials { get; init; }

    /// <summary>
    /// The journal of a rotation: what the machine is being given in place of <see cref="Secret"/> and <see cref="Credentials"/>, and may have
    /// already. Null where none was asked for.
    /// </summary>
    public NextCredentials? Next { get; init; }

    /// <summary>Whether it was told that the certificates end soon.</summary>
    public bool ExpiryTold { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = EmptyLabels;

    public string UserData { get; init; } = "";

    /// <summary>The name of the caller that asked for it; "" where that is not known.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The caller's idempotency key; "" for none.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>A digest of the request that <see cref="RequestId"/> came with.</summary>
    public string RequestDigest { get; init; } = "";

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset Updated { get; init; }

    /// <summary>Since when it is in its state.</summary>
    public DateTimeOffset Entered { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Stopped { get; init; }

    /// <summary>Grows with every save; guards saves against each other.</summary>
    public long Version { get; init; }

    /// <summary>The store-wide number of the last change that callers can see.</summary>
    public long Revision { get; init; }

    /// <summary>The journal: a provider was or is being asked to create, and the outcome is not saved. Look before creating again.</summary>
    public bool CreateIsOpen { get; init; }

    /// <summary>Since when that is so; null: it is not.</summary>
    public DateTimeOffset? Opened { get; init; }

    /// <summary>Failed tries of the present step, in a row.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// When the present state ends by itself: readiness, drain, retry budget or retention, by state. Of a running server whose machine was
    /// given its next credentials: how long it may take until it answers with them.
    /// </summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Failed probes in a row while running; looks for what is left while stopping.</summary>
    public int Probes { get; init; }

    /// <summary>
    /// Since when the provider has said, look after look, that the instance is not there; null: it was there, or was not looked for. Nothing
    /// was asked of the provider since that could have made one.
    /// </summary>
    public DateTimeOffset? AbsentSince { get; init; }

    /// <summary>When the lifecycle has to look at the server again; null: never.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>When it was said when to wake, or until when a lease lasts. Where that lies ahead, the clock was set back since.</summary>
    public DateTimeOffset Scheduled { get; init; }

    /// <summary>Who works on the server; null: nobody.</summary>
    public string? LeaseOwner { get; init; }

    /// <summary>Until when that work is exclusive.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>
    /// The W3C trace context of the request that asked for what the lifecycle is doing; "" where nothing is asked for, or no trace was
    /// recorded.
    /// </summary>
    public string Cause { get; init; } = "";

    /// <summary>Whether the lifecycle has done what was asked for.</summary>
    public bool IsSettled => State == ServerState.Stopped || (State == ServerState.Running && Next is null);

    /// <summary>Changes with every change that callers can see.</summary>
    public string Etag => Revision.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Whether a provider may hold an instance for this row, as far as the row knows.</summary>
    public bool MayHaveInstance => CreateIsOpen || InstanceId.Length > 0;

    /// <summary>Whether the next step would start a new instance.</summary>
    public bool StartsNew => State == ServerState.Pending || (State == ServerState.Creating && !CreateIsOpen);

    /// <summary>What may be remembered of it once it is purged.</summary>
    public ServerRecord WithoutSecrets() => this with { Secret = "", Credentials = ServerCredentials.None, Next = null, UserData = "" };

    /// <summary>The server with its next credentials in place of those it has.</summary>
    public ServerRecord Renewed() => Next is { } next
        ? this with { Secret = next.Secret, Credentials = next.Keys, Next = null, ExpiryTold = false }
        : this;

    /// <summary>What everyone may know of it who may know of it at all: its certificates, but not what is secret.</summary>
    public ServerRecord WithoutPrivateParts() => this with
    {
        Secret = "",
        Credentials = Credentials with { CaKey = default, TlsKey = default },
        Next = null,
        UserData = "",
    };

    internal static readonly IReadOnlyDictionary<string, string> EmptyLabels = new Dictionary<string, string>();
}
