using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Rules;

/// <summary>What becomes of a server with each save.</summary>
public static class SaveRules
{
    /// <summary>Whether a worker may still save what it claimed.</summary>
    /// <param name="current">The server as it is; null: it is gone.</param>
    /// <param name="claimed">As the worker knows it.</param>
    /// <param name="leaseOwner">The worker.</param>
    public static bool IsHeld(ServerRecord? current, ServerRecord claimed, string leaseOwner) =>
        current is not null && current.Version == claimed.Version && current.LeaseOwner == leaseOwner;

    /// <summary>A new server as it is saved.</summary>
    public static ServerRecord Added(ServerRecord server, long revision, DateTimeOffset now) =>
        server with { Version = 1, Revision = revision, Updated = now, Entered = now };

    /// <summary>A changed server as it is saved. One that is leased is due when its lease ends, whatever the change says.</summary>
    /// <param name="before">The server as it is.</param>
    /// <param name="after">As it is to be.</param>
    /// <param name="revision">The change's; null: callers do not see it.</param>
    /// <param name="now">The time.</param>
    public static ServerRecord Changed(ServerRecord before, ServerRecord after, long? revision, DateTimeOffset now)
    {
        var wakeAt = after.LeaseOwner is null ? after.WakeAt : after.LeaseUntil;
        return after with
        {
            Version = before.Version + 1,
            Revision = revision ?? before.Revision,
            Updated = revision is null ? after.Updated : now,
            WakeAt = wakeAt,
            Scheduled = wakeAt == before.WakeAt ? before.Scheduled : after.Scheduled,
            Entered = after.State == before.State ? before.Entered : now,
            Opened = after.CreateIsOpen ? before.Opened ?? now : null,
        };
    }

    /// <summary>What watches are told of a server that is purged.</summary>
    public static ServerRecord Purged(ServerRecord server, long revision, DateTimeOffset now) =>
        server.WithoutSecrets() with { Revision = revision, Updated = now };
}
